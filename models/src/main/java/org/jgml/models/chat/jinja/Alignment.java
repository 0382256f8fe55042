package org.jgml.models.chat.jinja;

/// On which sides a text is filled up to a width.
enum Alignment {
  /// At its end.
  LEFT,
  /// At its begin.
  RIGHT,
  /// On both sides, an odd one at the end.
  MIDDLE,
  /// On both sides, an odd one at the begin if the width is odd, as Python's `center` does.
  CENTER,
  /// Between its sign, if it has one, and the rest.
  AFTER_SIGN;

  /// The alignment that a format writes `<`, `>`, `^` or `=`.
  static Alignment of(String symbol) {
    return switch (symbol) {
      case "<" -> LEFT;
      case "^" -> MIDDLE;
      case "=" -> AFTER_SIGN;
      default -> RIGHT;
    };
  }

  /// A text with `fill` added until it has a width.
  String pad(String text, int width, String fill) {
    int missing = width - CodePoints.length(text);
    if (missing <= 0) {
      return text;
    }
    TextValue.checkLength((long) width * fill.length());
    int before = before(missing, width);
    int sign = this == AFTER_SIGN && hasSign(text) ? 1 : 0;
    return text.substring(0, sign)
        + fill.repeat(before)
        + text.substring(sign)
        + fill.repeat(missing - before);
  }

  private int before(int missing, int width) {
    return switch (this) {
      case LEFT -> 0;
      case RIGHT, AFTER_SIGN -> missing;
      case MIDDLE -> missing / 2;
      case CENTER -> missing / 2 + (missing & width & 1);
    };
  }

  private static boolean hasSign(String text) {
    return text.startsWith("-") || text.startsWith("+");
  }
}
