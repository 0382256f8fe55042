package org.jgml.models.grammar;

/// A place in the text of a grammar.
final class GbnfCursor {
  static final int END = -1;

  private final int[] text;
  private int at;

  GbnfCursor(String text) {
    this.text = text.codePoints().toArray();
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

  static boolean isLineEnd(int character) {
    return character == '\n' || character == '\r';
  }

  GrammarException error(String problem) {
    return error(problem, at);
  }

  GrammarException error(String problem, int position) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < Math.min(position, text.length); i++) {
      column = text[i] == '\n' ? 1 : column + 1;
      line += text[i] == '\n' ? 1 : 0;
    }
    return new GrammarException("grammar, line %d, column %d: %s".formatted(line, column, problem));
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
