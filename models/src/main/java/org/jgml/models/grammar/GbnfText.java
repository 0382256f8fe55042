package org.jgml.models.grammar;

import java.util.stream.Collectors;

/// Writes GBNF.
final class GbnfText {
  private GbnfText() {}

  /// A text as it stands.
  static String literal(String text) {
    return text.codePoints()
        .mapToObj(GbnfText::inLiteral)
        .collect(Collectors.joining("", "\"", "\""));
  }

  private static String inLiteral(int character) {
    return switch (character) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      default -> character < ' ' ? escaped(character) : Character.toString(character);
    };
  }

  private static String escaped(int character) {
    return character < 0x100 ? "\\x%02X".formatted(character) : "\\U%08X".formatted(character);
  }

  /// One character of a set.
  static String set(CodePoints characters) {
    return characters.ranges().stream()
        .map(GbnfText::range)
        .collect(Collectors.joining("", "[", "]"));
  }

  private static String range(CodePoints.Range range) {
    String first = inSet(range.first());
    return range.first() == range.last() ? first : first + "-" + inSet(range.last());
  }

  private static String inSet(int character) {
    boolean isPlain = character < 0x80 && Character.isLetterOrDigit(character);
    return isPlain ? Character.toString(character) : escaped(character);
  }

  /// `{least,most}` in the shortest way; `most` may be [Expression.Repetition#UNLIMITED].
  static String bounds(int least, int most) {
    if (most == Expression.Repetition.UNLIMITED) {
      return least == 0 ? "*" : least == 1 ? "+" : "{" + least + ",}";
    }
    return least == most ? "{" + least + "}" : "{" + least + "," + most + "}";
  }
}
