package org.jgml.models.grammar;

/// A place in a text that is parsed, of a grammar or a pattern.
final class TextCursor {
  static final int END = -1;

  /// Makes the error for a problem at a position, counted in characters from 0.
  @FunctionalInterface
  interface Errors {
    GrammarException at(int position, String problem);
  }

  private final int[] text;
  private final Errors errors;
  private int at;

  TextCursor(String text, Errors errors) {
    this.text = text.codePoints().toArray();
    this.errors = errors;
  }

  /// The character here, or [#END].
  int peek() {
    return at < text.length ? text[at] : END;
  }

  int next() {
    int character = peek();
    at++;
    return character;
  }

  int position() {
    return at;
  }

  void position(int other) {
    at = other;
  }

  /// Steps over a text if it is here.
  boolean take(String expected) {
    int length = expected.length();
    for (int i = 0; i < length; i++) {
      if (at + i >= text.length || text[at + i] != expected.charAt(i)) {
        return false;
      }
    }
    at += length;
    return true;
  }

  /// Steps over spaces, comments, and perhaps line ends.
  void skipSpace(boolean overLines) {
    while (true) {
      int character = peek();
      if (character == '#') {
        skipComment();
      } else if (character == ' ' || character == '\t' || overLines && isLineEnd(character)) {
        at++;
      } else {
        return;
      }
    }
  }

  private void skipComment() {
    while (peek() != END && !isLineEnd(peek())) {
      at++;
    }
  }

  /// The character whose number is written here in so many digits.
  ///
  /// @param escape where the escape begins
  int hexadecimal(int digits, int escape) {
    long value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(next(), 16);
      if (digit < 0) {
        throw error("expected %d hexadecimal digits".formatted(digits), escape);
      }
      value = 16 * value + digit;
    }
    if (value > Character.MAX_CODE_POINT) {
      throw error("there is no such character", escape);
    }
    return (int) value;
  }

  static boolean isLineEnd(int character) {
    return character == '\n' || character == '\r';
  }

  GrammarException error(String problem) {
    return error(problem, at);
  }

  GrammarException error(String problem, int position) {
    return errors.at(position, problem);
  }

  GrammarException expected(String what) {
    String found =
        switch (peek()) {
          case END -> "the end";
          case '\n', '\r' -> "the end of the line";
          default -> "'" + Character.toString(peek()) + "'";
        };
    return error("expected " + what + ", found " + found);
  }
}
