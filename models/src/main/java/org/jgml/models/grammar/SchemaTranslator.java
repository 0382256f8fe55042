package org.jgml.models.grammar;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.jr.ob.JSON;

/// Finds what kinds of values a schema allows, and writes a rule for each.
final class SchemaTranslator {
  private static final int MOST_NESTED = 200;
  private static final Map<String, String> TYPE_OF_KEYWORD =
      Map.ofEntries(
          Map.entry("properties", "object"),
          Map.entry("required", "object"),
          Map.entry("additionalProperties", "object"),
          Map.entry("items", "array"),
          Map.entry("prefixItems", "array"),
          Map.entry("minItems", "array"),
          Map.entry("maxItems", "array"),
          Map.entry("minLength", "string"),
          Map.entry("maxLength", "string"),
          Map.entry("pattern", "string"),
          Map.entry("minimum", "number"),
          Map.entry("maximum", "number"),
          Map.entry("exclusiveMinimum", "number"),
          Map.entry("exclusiveMaximum", "number"));
  private static final Set<String> CHOICES = Set.of("const", "enum", "anyOf", "oneOf", "allOf");

  private final Schema root;
  private final JsonRules rules = new JsonRules();
  private final Map<String, String> ruleOfReference = new HashMap<>();
  private int depth;

  private SchemaTranslator(Object json) {
    root = Schema.of(json, "#");
  }

  static String translate(Object json) {
    SchemaTranslator translator = new SchemaTranslator(json);
    String expression = translator.expression(translator.root);
    return translator.rules.gbnf(expression);
  }

  private String expression(Schema schema) {
    if (++depth > MOST_NESTED) {
      throw schema.error("nested more than " + MOST_NESTED + " deep, or without an end");
    }
    String expression = translate(schema);
    depth--;
    return expression;
  }

  private String translate(Schema schema) {
    if (schema.has("$ref")) {
      return reference(schema);
    }
    if (schema.has("allOf")) {
      Schema all = schema.without("allOf");
      for (Schema part : schema.children("allOf")) {
        all = Conjunction.of(all, resolve(part));
      }
      return expression(all);
    }
    if (schema.has("anyOf")) {
      return anyOf(schema, "anyOf");
    }
    if (schema.has("oneOf")) {
      requireDisjoint(schema.children("oneOf"));
      return anyOf(schema, "oneOf");
    }
    if (schema.has("const")) {
      return values(schema, "const", Collections.singletonList(schema.keywords().get("const")));
    }
    return schema.has("enum") ? values(schema, "enum", schema.list("enum")) : ofTypes(schema);
  }

  private String reference(Schema schema) {
    String target = schema.string("$ref").orElseThrow();
    if (asksForMore(schema)) {
      return expression(Conjunction.of(schema.without("$ref"), resolve(schema)));
    }
    String known = ruleOfReference.get(target);
    if (known == null) {
      known = rules.reserve(target);
      ruleOfReference.put(target, known);
      rules.define(known, expression(References.find(target, root, schema)));
    }
    return known;
  }

  private static boolean asksForMore(Schema schema) {
    return schema.keywords().keySet().stream()
        .anyMatch(keyword ->
            TYPE_OF_KEYWORD.containsKey(keyword)
                || CHOICES.contains(keyword)
                || keyword.equals("type"));
  }

  /// The schema itself, or what it refers to.
  private Schema resolve(Schema schema) {
    Schema found = schema;
    for (int i = 0; found.has("$ref"); i++) {
      if (i > MOST_NESTED) {
        throw schema.error("references go round");
      }
      Schema rest = found.without("$ref");
      Schema target = References.find(found.string("$ref").orElseThrow(), root, found);
      found = asksForMore(rest) ? Conjunction.of(rest, resolve(target)) : target;
    }
    return found;
  }

  private String anyOf(Schema schema, String keyword) {
    Schema base = schema.without(keyword);
    List<String> alternatives = new ArrayList<>();
    for (Schema branch : schema.children(keyword)) {
      alternatives.add(
          expression(asksForMore(base) ? Conjunction.of(base, resolve(branch)) : branch));
    }
    return choice(alternatives, schema);
  }

  private static String choice(List<String> alternatives, Schema schema) {
    if (alternatives.isEmpty()) {
      throw schema.error("nothing is allowed");
    }
    return "(" + String.join(" | ", alternatives) + ")";
  }

  private void requireDisjoint(List<Schema> branches) {
    Disjointness disjointness = new Disjointness(this::resolve);
    for (int i = 0; i < branches.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (!disjointness.isPlain(branches.get(j), branches.get(i))) {
          throw branches
              .get(i)
              .inexpressible(
                  "oneOf with parts that may overlap (here and %s); use anyOf"
                      .formatted(branches.get(j).pointer()));
        }
      }
    }
  }

  private static String values(Schema schema, String keyword, List<?> values) {
    for (String other : schema.keywords().keySet()) {
      if (TYPE_OF_KEYWORD.containsKey(other) || CHOICES.contains(other) && !other.equals(keyword)) {
        throw schema.inexpressible(keyword + " beside " + other);
      }
    }
    return choice(
        values.stream()
            .filter(value -> schema.types().isEmpty() || JsonTypes.fits(value, schema.types()))
            .map(value -> GbnfText.literal(JSON.std.asString(value)))
            .toList(),
        schema);
  }

  private String ofTypes(Schema schema) {
    List<String> types = schema.types();
    if (types.isEmpty()) {
      types =
          schema.keywords().keySet().stream()
              .filter(TYPE_OF_KEYWORD::containsKey)
              .map(TYPE_OF_KEYWORD::get)
              .distinct()
              .toList();
    }
    if (types.isEmpty()) {
      return "value";
    }
    return types.stream()
        .map(type -> ofType(type, schema))
        .collect(Collectors.joining(" | ", "(", ")"));
  }

  private String ofType(String type, Schema schema) {
    return switch (type) {
      case "object" -> new ObjectRules(schema, rules, this::expression).expression();
      case "array" -> new ArrayRules(schema, this::expression).expression();
      case "string" -> string(schema);
      case "integer" -> NumberRules.integer(schema);
      case "number" -> NumberRules.number(schema);
      case "boolean", "null" -> type;
      default -> throw schema.error("unknown type '" + type + "'");
    };
  }

  private static String string(Schema schema) {
    boolean isBounded = schema.has("minLength") || schema.has("maxLength");
    if (schema.has("pattern")) {
      if (isBounded) {
        throw schema.inexpressible("a pattern together with minLength or maxLength");
      }
      return JsonPattern.translate(schema.string("pattern").orElseThrow(), schema);
    }
    if (!isBounded) {
      return "string";
    }
    int least = schema.count("minLength", 0);
    int most = schema.count("maxLength", Expression.Repetition.UNLIMITED);
    if (most < least) {
      throw schema.error("minLength %d is above maxLength %d".formatted(least, most));
    }
    return "\"\\\"\" character" + GbnfText.bounds(least, most) + " \"\\\"\"";
  }
}
