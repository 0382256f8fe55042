package org.jgml.models.tokenizer;

/// What a token stands for, `tokenizer.ggml.token_type` in GGUF.
public enum TokenType {
  /// Text that the algorithm may produce.
  NORMAL,
  /// Stands for text that the vocabulary does not cover.
  UNKNOWN,
  /// A mark such as the beginning of a sequence; found in text only on request, shown on request.
  CONTROL,
  /// Text that is always one token, cut out before the algorithm runs.
  USER_DEFINED,
  /// A placeholder; it has no text.
  UNUSED,
  /// One byte, written `<0x0A>`.
  BYTE;

  private static final TokenType[] VALUES = values();

  /// The type with this number in GGUF files, which count from 1; other numbers are placeholders.
  public static TokenType numbered(int number) {
    return number >= 1 && number <= VALUES.length ? VALUES[number - 1] : UNUSED;
  }

  /// Whether the token is a mark rather than text: shown, and found in text, only on request.
  boolean isMark() {
    return this == CONTROL || this == UNKNOWN;
  }

  /// Whether the token is cut out of the text before the algorithm runs.
  boolean isSpecial() {
    return isMark() || this == USER_DEFINED;
  }
}
