package org.jgml.models.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// GBNF of a JSON string that is none of some names: a trie of them, which a text must leave.
///
/// Escapes are left out, by which a name could be written in another way.
final class OtherKeys {
  private static final String END = "\"\\\"\"";

  private final Map<Integer, OtherKeys> next = new TreeMap<>();
  private boolean isName;

  static String than(Iterable<String> names) {
    OtherKeys root = new OtherKeys();
    for (String name : names) {
      OtherKeys node = root;
      for (int character : name.codePoints().toArray()) {
        node = node.next.computeIfAbsent(character, _ -> new OtherKeys());
      }
      node.isName = true;
    }
    return END + " " + root.rest();
  }

  /// What may follow here, with the closing quote.
  private String rest() {
    CodePoints.Range[] known =
        next.keySet().stream()
            .map(character -> new CodePoints.Range(character, character))
            .toArray(CodePoints.Range[]::new);
    CodePoints leaving = JsonCharacters.plain(CodePoints.of(known).negate());
    List<String> alternatives = new ArrayList<>();
    alternatives.add(
        "%s %s* %s"
            .formatted(
                GbnfText.set(leaving), GbnfText.set(JsonCharacters.plain(CodePoints.ALL)), END));
    if (!isName) {
      alternatives.add(END);
    }
    next.forEach((character, node) -> {
      // A name that needs escapes cannot come about without them.
      CodePoints plain = JsonCharacters.plain(CodePoints.of(character));
      if (!plain.ranges().isEmpty()) {
        alternatives.add(GbnfText.set(plain) + " " + node.rest());
      }
    });
    return "(" + String.join(" | ", alternatives) + ")";
  }
}
