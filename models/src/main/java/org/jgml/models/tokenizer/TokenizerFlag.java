package org.jgml.models.tokenizer;

import java.util.Optional;

/// A yes-or-no property of a vocabulary.
public enum TokenizerFlag {
  /// Encoding with special tokens starts with [SpecialToken#BOS].
  ADD_BOS("tokenizer.ggml.add_bos_token"),
  /// Encoding with special tokens ends with [SpecialToken#EOS].
  ADD_EOS("tokenizer.ggml.add_eos_token"),
  /// WordPiece: encoding with special tokens ends with [SpecialToken#SEPARATOR]. Other algorithms
  /// record it without acting on it, which is what the reference implementation does.
  ADD_SEPARATOR("tokenizer.ggml.add_sep_token"),
  /// A space is put before text that starts the input or follows a special token.
  ADD_SPACE_PREFIX("tokenizer.ggml.add_space_prefix"),
  /// The vocabulary was trained on text without repeated spaces. Unigram makes one of several;
  /// other algorithms record it without acting on it, which is what the reference implementation
  /// does.
  REMOVE_EXTRA_WHITESPACES("tokenizer.ggml.remove_extra_whitespaces"),
  /// Decoding removes the space before punctuation and contractions.
  CLEAN_UP_SPACES(null),
  /// A word that is a token is not split, whatever the merges say.
  IGNORE_MERGES(null);

  private final String key;

  TokenizerFlag(String key) {
    this.key = key;
  }

  /// The GGUF key that sets it; empty if only the pre-tokenizer decides.
  public Optional<String> key() {
    return Optional.ofNullable(key);
  }
}
