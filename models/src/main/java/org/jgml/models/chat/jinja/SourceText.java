package org.jgml.models.chat.jinja;

import java.util.Arrays;
import java.util.stream.IntStream;

/// The text of a template with `\n` as its only line break and without the last one.
final class SourceText {
  private final String text;
  private final int[] lineStarts;

  SourceText(String original) {
    String normal = original.replace("\r\n", "\n").replace('\r', '\n');
    text = normal.endsWith("\n") ? normal.substring(0, normal.length() - 1) : normal;
    lineStarts =
        IntStream.concat(
                IntStream.of(0),
                IntStream.range(0, text.length())
                    .filter(i -> text.charAt(i) == '\n')
                    .map(i -> i + 1))
            .toArray();
  }

  String text() {
    return text;
  }

  int length() {
    return text.length();
  }

  char at(int offset) {
    return text.charAt(offset);
  }

  boolean startsWith(String prefix, int offset) {
    return text.startsWith(prefix, offset);
  }

  /// Whether a line begins at an offset.
  boolean beginsLine(int offset) {
    return offset == 0 || text.charAt(offset - 1) == '\n';
  }

  /// The first offset from `offset` on that holds no white space.
  int skipSpace(int offset) {
    int end = offset;
    while (end < text.length() && Characters.isSpace(text.charAt(end))) {
      end++;
    }
    return end;
  }

  Position position(int offset) {
    int found = Arrays.binarySearch(lineStarts, offset);
    int line = found >= 0 ? found : -found - 2;
    return new Position(line + 1, offset - lineStarts[line] + 1);
  }
}
