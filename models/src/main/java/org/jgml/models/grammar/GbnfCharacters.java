package org.jgml.models.grammar;

import java.util.ArrayList;
import java.util.List;

/// Reads what stands for characters themselves: `"text"` and `[a-z]`, with escapes in both.
final class GbnfCharacters {
  private GbnfCharacters() {}

  static Expression literal(TextCursor cursor) {
    int start = cursor.position();
    cursor.next();
    List<Expression> parts = new ArrayList<>();
    while (!cursor.take("\"")) {
      parts.add(new Expression.Characters(CodePoints.of(character(cursor, start, "\""))));
    }
    return parts.size() == 1 ? parts.getFirst() : new Expression.Sequence(List.copyOf(parts));
  }

  static CodePoints set(TextCursor cursor) {
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
  private static boolean isRange(TextCursor cursor) {
    int dash = cursor.position();
    if (cursor.take("-") && cursor.peek() != ']') {
      return true;
    }
    cursor.position(dash);
    return false;
  }

  private static int character(TextCursor cursor, int start, String closing) {
    int character = cursor.peek();
    if (character == TextCursor.END || TextCursor.isLineEnd(character)) {
      throw cursor.error("no " + closing + " ends what begins here", start);
    }
    cursor.next();
    return character == '\\' ? escaped(cursor) : character;
  }

  private static int escaped(TextCursor cursor) {
    int position = cursor.position() - 1;
    int letter = cursor.next();
    return switch (letter) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case '\\', '"', '[', ']', '-', '^' -> letter;
      case 'x' -> cursor.hexadecimal(2, position);
      case 'u' -> cursor.hexadecimal(4, position);
      case 'U' -> cursor.hexadecimal(8, position);
      default -> throw cursor.error("unknown escape", position);
    };
  }
}
