package org.jgml.models.chat.jinja;

/// Character classes as Python's `str` has them.
final class Characters {
  private Characters() {}

  /// Whether Python's `str.isspace` holds.
  static boolean isSpace(int codePoint) {
    return switch (codePoint) {
      case ' ', '\t', '\n', 0x0B, '\f', '\r', 0x1C, 0x1D, 0x1E, 0x1F, 0x85 -> true;
      default -> codePoint > 0x7F && Character.isSpaceChar(codePoint);
    };
  }

  /// Whether `str.splitlines` ends a line here.
  static boolean isLineBreak(int codePoint) {
    return switch (codePoint) {
      case '\n', 0x0B, '\f', '\r', 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029 -> true;
      default -> false;
    };
  }

  /// Whether `repr` shows the character itself.
  static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> codePoint == ' ';
      default -> true;
    };
  }

  static boolean isNameStart(int codePoint) {
    return codePoint == '_' || Character.isLetter(codePoint);
  }

  static boolean isNamePart(int codePoint) {
    return codePoint == '_' || Character.isLetterOrDigit(codePoint);
  }

  static boolean isDecimalDigit(int codePoint) {
    return codePoint >= '0' && codePoint <= '9';
  }

  static boolean hasCase(int codePoint) {
    return Character.isUpperCase(codePoint)
        || Character.isLowerCase(codePoint)
        || Character.isTitleCase(codePoint);
  }
}
