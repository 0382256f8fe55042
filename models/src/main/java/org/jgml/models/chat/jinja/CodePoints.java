package org.jgml.models.chat.jinja;

import java.util.List;

/// Texts as sequences of code points, which is what Python's are.
final class CodePoints {
  private CodePoints() {}

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /// The characters, each a text.
  static List<Value> characters(String text) {
    return text.codePoints().<Value>mapToObj(c -> new TextValue(Character.toString(c))).toList();
  }

  /// The character at an index that is in range.
  static String at(String text, int index) {
    return Character.toString(text.codePointAt(text.offsetByCodePoints(0, index)));
  }

  /// The characters at some indices that are in range.
  static String select(String text, int[] indices) {
    int[] codePoints = text.codePoints().toArray();
    StringBuilder selected = new StringBuilder();
    for (int index : indices) {
      selected.appendCodePoint(codePoints[index]);
    }
    return selected.toString();
  }

  /// A part, with the begin and end as Python's methods take them: negative ones count from the
  /// end, and those beyond an end mean that end.
  static String part(String text, int begin, int end) {
    int length = length(text);
    int from = clamp(begin, length);
    int to = Math.max(from, clamp(end, length));
    int offset = text.offsetByCodePoints(0, from);
    return text.substring(offset, text.offsetByCodePoints(offset, to - from));
  }

  /// An index into a sequence, from either end.
  static int clamp(int index, int length) {
    return Math.clamp(index < 0 ? (long) index + length : index, 0, length);
  }

  /// Orders by code points, which differs from the order of UTF-16.
  static int compare(String left, String right) {
    int common = 0;
    int shorter = Math.min(left.length(), right.length());
    while (common < shorter && left.charAt(common) == right.charAt(common)) {
      common++;
    }
    if (common == shorter) {
      return Integer.compare(left.length(), right.length());
    }
    boolean splitsPair = common > 0 && Character.isHighSurrogate(left.charAt(common - 1));
    int at = splitsPair ? common - 1 : common;
    return Integer.compare(left.codePointAt(at), right.codePointAt(at));
  }
}
