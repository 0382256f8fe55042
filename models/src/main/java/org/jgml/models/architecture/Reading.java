package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.kvcache.CacheGraph;

/// What a token of a model sees when it is read.
enum Reading {
  /// What stands before it, which a cache remembers.
  TOKEN_BY_TOKEN,
  /// The whole text.
  WHOLE_TEXTS,
  /// The whole text, what is far from it less.
  WHOLE_TEXTS_BY_DISTANCE;

  // Of the models with eight heads that the paper of ALiBi begins with.
  private static final float USUAL_BIAS = 8;

  /// Attention within a text of `tokens` tokens.
  CacheGraph wholeText(GraphBuilder g, int tokens) {
    return switch (this) {
      case TOKEN_BY_TOKEN -> throw new IllegalStateException("reads with a cache");
      case WHOLE_TEXTS -> new WholeText(g, tokens, 0);
      case WHOLE_TEXTS_BY_DISTANCE -> new WholeText(g, tokens, USUAL_BIAS);
    };
  }
}
