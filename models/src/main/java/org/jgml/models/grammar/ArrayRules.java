package org.jgml.models.grammar;

import static org.jgml.models.grammar.Expression.Repetition.UNLIMITED;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// GBNF of arrays: first elements with schemas of their own, then any number of others.
final class ArrayRules {
  private static final String COMMA = "space \",\" space ";

  private final Schema schema;
  private final Function<Schema, String> translate;
  private final int least;
  private final int most;

  ArrayRules(Schema schema, Function<Schema, String> translate) {
    this.schema = schema;
    this.translate = translate;
    this.least = schema.count("minItems", 0);
    this.most = schema.count("maxItems", UNLIMITED);
    if (least > most) {
      throw schema.error("minItems %d is above maxItems %d".formatted(least, most));
    }
  }

  String expression() {
    boolean isOldStyle = schema.keywords().get("items") instanceof List;
    List<Schema> first = schema.children(isOldStyle ? "items" : "prefixItems");
    Optional<Schema> others = others(isOldStyle ? "additionalItems" : "items");
    if (others.isEmpty() && least > first.size()) {
      throw schema.error("minItems %d is above the %d allowed".formatted(least, first.size()));
    }
    return "\"[\" space " + elements(first, others) + "\"]\"";
  }

  /// The schema of elements beyond the first ones, or nothing if there may be none.
  private Optional<Schema> others(String keyword) {
    Object others = schema.keywords().getOrDefault(keyword, true);
    return others.equals(false) ? Optional.empty() : Optional.of(schema.child(others, keyword));
  }

  private String elements(List<Schema> first, Optional<Schema> others) {
    int named = Math.min(first.size(), most);
    String rest = most > named ? others.map(each -> others(each, named)).orElse("") : "";
    for (int i = named - 1; i >= 0; i--) {
      String element = (i == 0 ? "" : COMMA) + translate.apply(first.get(i)) + " " + rest;
      rest = i < least ? element : "(" + element + ")?";
    }
    boolean mayBeEmpty = least == 0;
    if (rest.isEmpty()) {
      return "";
    }
    return mayBeEmpty ? "(" + rest + " space)? " : rest + " space ";
  }

  private String others(Schema each, int before) {
    String element = translate.apply(each);
    // Where none comes before, the first stands in front of the repetition.
    int counted = Math.max(before, 1);
    int fewest = Math.max(0, least - counted);
    int largest = most == UNLIMITED ? UNLIMITED : most - counted;
    String more = "(" + COMMA + element + ")" + GbnfText.bounds(fewest, largest);
    return before > 0 ? more : element + " " + more;
  }
}
