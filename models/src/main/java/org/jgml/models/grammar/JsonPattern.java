package org.jgml.models.grammar;

import java.util.ArrayList;
import java.util.List;

/// Translates a regular expression into GBNF of the JSON strings that it matches.
///
/// Understood are characters, `.`, sets, groups, alternatives, repetition, `\d \w \s` and their
/// negations, and `^` and `$` at the ends; all else is refused.
final class JsonPattern {
  private static final String ANYTHING = JsonCharacters.of(CodePoints.ALL) + "*";
  private static final CodePoints LINE_ENDS =
      CodePoints.of(
          new CodePoints.Range('\n', '\n'),
          new CodePoints.Range('\r', '\r'),
          new CodePoints.Range(0x2028, 0x2029));

  private final TextCursor cursor;
  private int depth;

  private JsonPattern(TextCursor cursor) {
    this.cursor = cursor;
  }

  static String translate(String pattern, Schema schema) {
    String place = "pattern, character %d: %s";
    TextCursor cursor =
        new TextCursor(pattern, (at, problem) -> schema.error(place.formatted(at + 1, problem)));
    return new JsonPattern(cursor).whole();
  }

  private GrammarException refuse(String what) {
    return cursor.error("a grammar cannot express " + what);
  }

  /// A pattern matches anywhere unless it is anchored.
  private String whole() {
    boolean fromStart = cursor.take("^");
    List<String> alternatives = alternatives();
    boolean toEnd = cursor.take("$");
    if (cursor.peek() != TextCursor.END) {
      throw refuse("'" + Character.toString(cursor.peek()) + "' here");
    }
    if ((fromStart || toEnd) && alternatives.size() > 1) {
      throw refuse("^ or $ in one of several alternatives; put a group around them");
    }
    String body = "(" + String.join(" | ", alternatives) + ")";
    return "\"\\\"\" "
        + (fromStart ? "" : ANYTHING + " ")
        + body
        + (toEnd ? "" : " " + ANYTHING)
        + " \"\\\"\"";
  }

  private List<String> alternatives() {
    List<String> alternatives = new ArrayList<>();
    do {
      alternatives.add(sequence());
    } while (cursor.take("|"));
    return alternatives;
  }

  private String sequence() {
    List<String> parts = new ArrayList<>();
    while (cursor.peek() != TextCursor.END && "|)$".indexOf(cursor.peek()) < 0) {
      parts.add(item() + repetition());
    }
    return parts.isEmpty() ? "\"\"" : String.join(" ", parts);
  }

  private String item() {
    return switch (cursor.peek()) {
      case '(' -> group();
      case '[' -> JsonCharacters.of(set());
      case '.' -> {
        cursor.next();
        yield JsonCharacters.of(LINE_ENDS.negate());
      }
      case '^' -> throw refuse("^ after the beginning");
      case '*', '+', '?', '{' -> throw refuse("a repetition of nothing");
      default -> JsonCharacters.of(character());
    };
  }

  private String group() {
    cursor.next();
    if (cursor.peek() == '?' && !cursor.take("?:")) {
      throw refuse("groups such as lookahead");
    }
    if (++depth > 100) {
      throw refuse("so deep groups");
    }
    String body = "(" + String.join(" | ", alternatives()) + ")";
    depth--;
    if (!cursor.take(")")) {
      throw refuse("$ or a missing ) in a group");
    }
    return body;
  }

  private String repetition() {
    String repetition = "";
    if (cursor.peek() == '{') {
      GbnfBounds bounds = GbnfBounds.parse(cursor);
      repetition = GbnfText.bounds(bounds.least(), bounds.most());
    } else if (cursor.peek() == '*' || cursor.peek() == '+' || cursor.peek() == '?') {
      repetition = Character.toString(cursor.next());
    }
    if (!repetition.isEmpty()) {
      // A lazy repetition matches the same texts.
      cursor.take("?");
      if (cursor.peek() == '+' || cursor.peek() == '*') {
        throw refuse("a possessive or doubled repetition");
      }
    }
    return repetition;
  }

  private CodePoints set() {
    cursor.next();
    boolean negated = cursor.take("^");
    List<CodePoints.Range> ranges = new ArrayList<>();
    while (!cursor.take("]")) {
      CodePoints first = character();
      int dash = cursor.position();
      if (cursor.take("-") && cursor.peek() != ']') {
        ranges.add(range(first, character()));
      } else {
        cursor.position(dash);
        ranges.addAll(first.ranges());
      }
    }
    CodePoints named = CodePoints.of(ranges.toArray(CodePoints.Range[]::new));
    return negated ? named.negate() : named;
  }

  private CodePoints.Range range(CodePoints from, CodePoints to) {
    int first = from.ranges().getFirst().first();
    int last = to.ranges().getLast().last();
    if (from.ranges().size() != 1 || to.ranges().size() != 1 || first > last) {
      throw refuse("this range");
    }
    return new CodePoints.Range(first, last);
  }

  /// One character, or what an escape such as `\d` stands for.
  private CodePoints character() {
    int character = cursor.next();
    if (character == TextCursor.END) {
      throw refuse("a pattern that ends too early");
    }
    return character == '\\' ? escape() : CodePoints.of(character);
  }

  private CodePoints escape() {
    int escape = cursor.position() - 1;
    int letter = cursor.next();
    return switch (letter) {
      case 'd' -> digits();
      case 'D' -> digits().negate();
      case 'w' -> words();
      case 'W' -> words().negate();
      case 's' -> spaces();
      case 'S' -> spaces().negate();
      case 'n' -> CodePoints.of('\n');
      case 'r' -> CodePoints.of('\r');
      case 't' -> CodePoints.of('\t');
      case 'f' -> CodePoints.of('\f');
      case 'u' -> CodePoints.of(cursor.hexadecimal(4, escape));
      case 'x' -> CodePoints.of(cursor.hexadecimal(2, escape));
      default -> {
        if (letter == TextCursor.END || Character.isLetterOrDigit(letter)) {
          throw refuse("this escape");
        }
        yield CodePoints.of(letter);
      }
    };
  }

  private static CodePoints digits() {
    return CodePoints.of(new CodePoints.Range('0', '9'));
  }

  private static CodePoints words() {
    return CodePoints.of(
        new CodePoints.Range('0', '9'),
        new CodePoints.Range('A', 'Z'),
        new CodePoints.Range('a', 'z'),
        new CodePoints.Range('_', '_'));
  }

  private static CodePoints spaces() {
    return CodePoints.of(
        new CodePoints.Range('\t', '\r'),
        new CodePoints.Range(' ', ' '),
        new CodePoints.Range(0xA0, 0xA0),
        new CodePoints.Range(0x2028, 0x2029),
        new CodePoints.Range(0xFEFF, 0xFEFF));
  }
}
