package org.jgml.models.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// One schema for what two schemas both ask for.
final class Conjunction {
  private static final Set<String> ANNOTATIONS =
      Set.of("title", "description", "default", "examples", "$comment", "$schema", "$id", "$defs");

  private final Schema first;
  private final Schema second;

  private Conjunction(Schema first, Schema second) {
    this.first = first;
    this.second = second;
  }

  static Schema of(Schema first, Schema second) {
    Conjunction conjunction = new Conjunction(first, second);
    conjunction.requireOpen(first, second);
    conjunction.requireOpen(second, first);
    Map<String, Object> both = new LinkedHashMap<>(first.keywords());
    second
        .keywords()
        .forEach((keyword, value) ->
            both.merge(keyword, value, (a, b) -> conjunction.merge(keyword, a, b)));
    return new Schema(both, first.pointer());
  }

  /// What one schema says about properties it does not name must not concern those of the other.
  private void requireOpen(Schema closed, Schema other) {
    Object additional = closed.keywords().getOrDefault("additionalProperties", true);
    if (!additional.equals(true)
        && !closed.object("properties").keySet().containsAll(other.object("properties").keySet())) {
      throw closed.inexpressible("additionalProperties together with properties of another part");
    }
  }

  private Object merge(String keyword, Object a, Object b) {
    return switch (keyword) {
      case "type" -> types();
      case "required" -> union(first.list(keyword), second.list(keyword));
      case "allOf" -> concatenation(first.list(keyword), second.list(keyword));
      case "enum" -> intersection();
      case "properties" -> properties();
      case "items" -> Map.of("allOf", List.of(a, b));
      case "minimum", "exclusiveMinimum", "minLength", "minItems" ->
          number(first, keyword).max(number(second, keyword));
      case "maximum", "exclusiveMaximum", "maxLength", "maxItems" ->
          number(first, keyword).min(number(second, keyword));
      default -> same(keyword, a, b);
    };
  }

  private static BigDecimal number(Schema schema, String keyword) {
    return schema.number(keyword).orElseThrow();
  }

  private Object same(String keyword, Object a, Object b) {
    if (!Objects.equals(a, b) && !ANNOTATIONS.contains(keyword)) {
      throw first.inexpressible("both a " + keyword + " and another");
    }
    return a;
  }

  private List<String> types() {
    List<String> others = second.types();
    List<String> common = new ArrayList<>();
    for (String type : first.types()) {
      if (others.contains(type) || type.equals("integer") && others.contains("number")) {
        common.add(type);
      } else if (type.equals("number") && others.contains("integer")) {
        common.add("integer");
      }
    }
    if (common.isEmpty()) {
      throw first.error("nothing is both %s and %s".formatted(first.types(), others));
    }
    return common;
  }

  private List<?> intersection() {
    List<Object> common = new ArrayList<>(first.list("enum"));
    common.retainAll(second.list("enum"));
    return common;
  }

  private static List<?> union(List<?> a, List<?> b) {
    Set<Object> union = new LinkedHashSet<>(a);
    union.addAll(b);
    return List.copyOf(union);
  }

  private static List<?> concatenation(List<?> a, List<?> b) {
    List<Object> both = new ArrayList<>(a);
    both.addAll(b);
    return both;
  }

  private Map<Object, Object> properties() {
    Map<Object, Object> both = new LinkedHashMap<>(first.object("properties"));
    second
        .object("properties")
        .forEach((name, schema) -> both.merge(name, schema, Conjunction::allOf));
    return both;
  }

  private static Map<String, Object> allOf(Object a, Object b) {
    return Map.of("allOf", List.of(a, b));
  }
}
