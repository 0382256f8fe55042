package org.jgml.models.grammar;

import java.util.ArrayList;
import java.util.List;

/// Reads what stands for characters themselves: `"text"` and `[a-z]`, with escapes in both.
final class GbnfCharacters {
  private GbnfCharacters() {}

  static Expression literal(GbnfCursor cursor) {
    int start = cursor.position();
    cursor.next();
    List<Expression> parts = new ArrayList<>();
    while (!cursor.take("\"")) {
      parts.add(new Expression.Characters(CodePoints.of(character(cursor, start, "\""))));
    }
    return parts.size() == 1 ? parts.getFirst() : new Expression.Sequence(List.copyOf(parts));
  }

  static CodePoints set(GbnfCursor cursor) {
    int start = cursor.position();
    cursor.next();
    boolean negated = cursor.take("^");
    List<CodePoints.Range> ranges = new ArrayList<>();
    while (!cursor.take("]")) {
      int position = cursor.position();
      int first = character(cursor, start, "]");
      int last = isRange(cursor) ? character(cursor, start, "]") : first;
      if (last < first) {
        throw cursor.error("a range from a larger to a smaller character", position);
      }
      ranges.add(new CodePoints.Range(first, last));
    }
    CodePoints named = CodePoints.of(ranges.toArray(CodePoints.Range[]::new));
    return negated ? named.negate() : named;
  }

  /// Steps over the dash of a range; a dash at the end of a set stands for itself.
  private static boolean isRange(GbnfCursor cursor) {
    int dash = cursor.position();
    if (cursor.take("-") && cursor.peek() != ']') {
      return true;
    }
    cursor.position(dash);
    return false;
  }

  private static int character(GbnfCursor cursor, int start, String closing) {
    int character = cursor.peek();
    if (character == GbnfCursor.END || GbnfCursor.isLineEnd(character)) {
      throw cursor.error("no " + closing + " ends what begins here", start);
    }
    cursor.next();
    return character == '\\' ? escaped(cursor) : character;
  }

  private static int escaped(GbnfCursor cursor) {
    int position = cursor.position() - 1;
    int letter = cursor.next();
    return switch (letter) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case '\\', '"', '[', ']', '-', '^' -> letter;
      case 'x' -> hexadecimal(cursor, 2, position);
      case 'u' -> hexadecimal(cursor, 4, position);
      case 'U' -> hexadecimal(cursor, 8, position);
      default -> throw cursor.error("unknown escape", position);
    };
  }

  private static int hexadecimal(GbnfCursor cursor, int digits, int position) {
    long value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(cursor.next(), 16);
      if (digit < 0) {
        throw cursor.error("expected %d hexadecimal digits".formatted(digits), position);
      }
      value = 16 * value + digit;
    }
    if (value > Character.MAX_CODE_POINT) {
      throw cursor.error("there is no such character", position);
    }
    return (int) value;
  }
}
