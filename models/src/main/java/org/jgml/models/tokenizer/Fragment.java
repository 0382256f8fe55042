package org.jgml.models.tokenizer;

/// A stretch of the input: text still to be encoded, or a special token found there.
sealed interface Fragment {
  /// Text without special tokens; never empty.
  record Text(String text) implements Fragment {}

  /// A special token.
  record Token(int id) implements Fragment {}
}
