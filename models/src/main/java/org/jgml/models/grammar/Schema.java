package org.jgml.models.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One schema within a JSON schema: its keywords, and where it stands, for errors.
record Schema(Map<String, Object> keywords, String pointer) {
  /// What the words of a schema mean that a grammar cannot check.
  private static final Set<String> INEXPRESSIBLE =
      Set.of(
          "not",
          "if",
          "then",
          "else",
          "dependentSchemas",
          "dependentRequired",
          "dependencies",
          "patternProperties",
          "propertyNames",
          "minProperties",
          "maxProperties",
          "multipleOf",
          "contains",
          "minContains",
          "maxContains",
          "unevaluatedItems",
          "unevaluatedProperties",
          "$dynamicRef",
          "$recursiveRef");

  /// A schema read from JSON: an object, or `true` for one that allows everything.
  @SuppressWarnings("unchecked") // The keys of JSON objects are strings.
  static Schema of(Object json, String pointer) {
    Map<String, Object> keywords =
        switch (json) {
          case Map<?, ?> object -> (Map<String, Object>) object;
          case Boolean allowed when allowed -> Map.of();
          case null, default ->
              throw new GrammarException("schema, " + pointer + ": not a schema: " + json);
        };
    Schema schema = new Schema(keywords, pointer);
    schema.requireExpressible();
    return schema;
  }

  private void requireExpressible() {
    for (String keyword : keywords.keySet()) {
      if (INEXPRESSIBLE.contains(keyword)) {
        throw inexpressible(keyword);
      }
    }
    if (Boolean.TRUE.equals(keywords.get("uniqueItems"))) {
      throw inexpressible("uniqueItems");
    }
  }

  GrammarException inexpressible(String what) {
    return error("a grammar cannot express " + what);
  }

  GrammarException error(String problem) {
    return new GrammarException("schema, " + pointer + ": " + problem);
  }

  boolean has(String keyword) {
    return keywords.containsKey(keyword);
  }

  /// A schema inside of this one.
  Schema child(Object json, String step) {
    return of(json, pointer + "/" + step);
  }

  /// The schema under a keyword, if there.
  Optional<Schema> child(String keyword) {
    return has(keyword) ? Optional.of(child(keywords.get(keyword), keyword)) : Optional.empty();
  }

  List<Schema> children(String keyword) {
    List<Schema> children = new ArrayList<>();
    List<?> list = list(keyword);
    for (int i = 0; i < list.size(); i++) {
      children.add(child(list.get(i), keyword + "/" + i));
    }
    return children;
  }

  /// The values of a keyword, none if it is not there.
  List<?> list(String keyword) {
    if (!has(keyword)) {
      return List.of();
    }
    if (!(keywords.get(keyword) instanceof List<?> list)) {
      throw error(keyword + " must be an array");
    }
    return list;
  }

  /// The names of properties that must be there.
  List<String> required() {
    List<String> names = new ArrayList<>();
    for (Object name : list("required")) {
      if (!(name instanceof String text)) {
        throw error("required must name properties, not " + name);
      }
      names.add(text);
    }
    return names;
  }

  Map<?, ?> object(String keyword) {
    if (!has(keyword)) {
      return Map.of();
    }
    if (!(keywords.get(keyword) instanceof Map<?, ?> object)) {
      throw error(keyword + " must be an object");
    }
    return object;
  }

  Optional<String> string(String keyword) {
    if (has(keyword) && !(keywords.get(keyword) instanceof String)) {
      throw error(keyword + " must be a string");
    }
    return Optional.ofNullable((String) keywords.get(keyword));
  }

  Optional<BigDecimal> number(String keyword) {
    if (!has(keyword)) {
      return Optional.empty();
    }
    if (!(keywords.get(keyword) instanceof Number number)) {
      throw error(keyword + " must be a number");
    }
    return Optional.of(new BigDecimal(number.toString()));
  }

  /// A count such as `minItems`.
  int count(String keyword, int otherwise) {
    Optional<BigDecimal> number = number(keyword);
    if (number.isEmpty()) {
      return otherwise;
    }
    try {
      return Math.max(0, number.get().intValueExact());
    } catch (ArithmeticException _) {
      throw error("%s cannot be %s".formatted(keyword, number.get()));
    }
  }

  /// The types it names, none if it names none.
  List<String> types() {
    return switch (keywords.get("type")) {
      case null -> List.of();
      case String type -> List.of(type);
      case List<?> types -> types.stream().map(String::valueOf).toList();
      default -> throw error("type must be a string or an array");
    };
  }

  Schema without(String keyword) {
    Map<String, Object> rest = new LinkedHashMap<>(keywords);
    rest.remove(keyword);
    return new Schema(rest, pointer);
  }
}
