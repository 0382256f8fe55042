package org.jgml.models.tokenizer;

/// A part of a vocabulary that cannot be, named by its GGUF key.
final class VocabularyException extends IllegalArgumentException {
  private final String key;
  private final String expected;

  /// @param expected a noun phrase
  VocabularyException(String key, String expected, Object found) {
    super("%s: expected %s, found %s".formatted(key, expected, found));
    this.key = key;
    this.expected = expected;
  }

  String key() {
    return key;
  }

  String expected() {
    return expected;
  }
}
