package org.jgml.models;

import java.util.stream.IntStream;

/// How the hidden states of a text become one vector.
public enum Pooling {
  /// The mean of all tokens.
  MEAN,
  /// The state of the last token, which has seen the others.
  LAST,
  /// The state of the first token, for models trained to sum up there.
  CLS;

  /// The tokens whose states it uses, ascending.
  int[] positions(int length) {
    return switch (this) {
      case MEAN -> IntStream.range(0, length).toArray();
      case LAST -> new int[] {length - 1};
      case CLS -> new int[] {0};
    };
  }
}
