package org.jgml.models.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// GBNF of characters as they are written inside of a JSON string.
final class JsonCharacters {
  private static final Map<Integer, String> ESCAPES =
      new TreeMap<>(
          Map.of(
              (int) '"', "\\\"",
              (int) '\\', "\\\\",
              (int) '\b', "\\b",
              (int) '\f', "\\f",
              (int) '\n', "\\n",
              (int) '\r', "\\r",
              (int) '\t', "\\t"));

  private static final CodePoints NOT_PLAIN =
      CodePoints.of(
          new CodePoints.Range(0, 0x1F),
          new CodePoints.Range('"', '"'),
          new CodePoints.Range('\\', '\\'));

  private JsonCharacters() {}

  /// The characters of a set that need no escape.
  static CodePoints plain(CodePoints characters) {
    List<CodePoints.Range> excluded = new ArrayList<>(characters.negate().ranges());
    excluded.addAll(NOT_PLAIN.ranges());
    return CodePoints.of(excluded.toArray(CodePoints.Range[]::new)).negate();
  }

  /// One character of a set; control characters without a short escape are left out.
  static String of(CodePoints characters) {
    List<String> alternatives = new ArrayList<>();
    CodePoints plain = plain(characters);
    if (!plain.ranges().isEmpty()) {
      alternatives.add(GbnfText.set(plain));
    }
    ESCAPES.forEach((character, escape) -> {
      if (characters.contains(character)) {
        alternatives.add(GbnfText.literal(escape));
      }
    });
    return alternatives.isEmpty() ? "[]" : "(" + String.join(" | ", alternatives) + ")";
  }
}
