package org.jgml.models;

import java.util.Optional;
import java.util.stream.IntStream;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;

/// How the hidden states of a text become one vector.
public enum Pooling {
  /// The mean of all tokens.
  MEAN,
  /// The state of the last token, which has seen the others.
  LAST,
  /// The state of the first token, for models trained to sum up there.
  CLS;

  /// The kind that a file asks for; empty if it does not.
  static Optional<Pooling> read(GgufMetadata metadata, String architecture) throws GgufException {
    String key = architecture + ".pooling_type";
    return switch (metadata.integer(key).orElse(0L).intValue()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(MEAN);
      case 2 -> Optional.of(CLS);
      case 3 -> Optional.of(LAST);
      default -> throw metadata.malformed(key, "0, 1, mean, 2, cls, or 3, last");
    };
  }

  /// The tokens whose states it uses, ascending.
  int[] positions(int length) {
    return switch (this) {
      case MEAN -> IntStream.range(0, length).toArray();
      case LAST -> new int[] {length - 1};
      case CLS -> new int[] {0};
    };
  }
}
