package org.jgml.models.grammar;

import java.util.LinkedHashMap;
import java.util.Map;

/// The rules of a grammar for JSON: those that all schemas share, and those made for one.
final class JsonRules {
  private static final String COMMON =
      """
      space ::= "" | " " | "\\n" [ \\t]{0,20}
      hex ::= [0-9a-fA-F]
      escape ::= "\\\\" (["\\\\/bfnrt] | "u" ([0-9a-ce-fA-CE-F] hex{3} | [dD] [0-7] hex{2}))
      character ::= [^"\\\\\\x00-\\x1F] | escape
      string ::= "\\"" character* "\\""
      natural ::= "0" | [1-9] [0-9]{0,15}
      integer ::= "-"? natural
      number ::= integer ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?
      boolean ::= "true" | "false"
      null ::= "null"
      value ::= object | array | string | number | boolean | null
      pair ::= string space ":" space value
      object ::= "{" space (pair (space "," space pair)* space)? "}"
      array ::= "[" space (value (space "," space value)* space)? "]"
      """;

  private final Map<String, String> made = new LinkedHashMap<>();

  /// Takes a name that is free; its body comes later.
  String reserve(String wish) {
    String base = "x-" + wish.replaceAll("[^a-zA-Z0-9]+", "-");
    String name = base;
    for (int i = 2; made.containsKey(name); i++) {
      name = base + "-" + i;
    }
    made.put(name, "");
    return name;
  }

  void define(String name, String body) {
    made.put(name, body);
  }

  String gbnf(String root) {
    StringBuilder text = new StringBuilder("root ::= ").append(root).append('\n');
    made.forEach((name, body) -> text.append(name).append(" ::= ").append(body).append('\n'));
    return text.append(COMMON).toString();
  }
}
