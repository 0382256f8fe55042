package org.jgml.models.grammar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.jr.ob.JSON;

/// GBNF of objects: properties in the order of the schema, then others if they are allowed.
final class ObjectRules {
  private static final String COMMA = "space \",\" space ";
  private static final String COLON = " space \":\" space ";

  private final Schema schema;
  private final JsonRules rules;
  private final Function<Schema, String> translate;
  private final Map<String, Schema> properties = new LinkedHashMap<>();

  ObjectRules(Schema schema, JsonRules rules, Function<Schema, String> translate) {
    this.schema = schema;
    this.rules = rules;
    this.translate = translate;
    schema
        .object("properties")
        .forEach((name, json) ->
            properties.put((String) name, schema.child(json, "properties/" + name)));
    addRequired();
  }

  /// What is required need not be among the properties.
  private void addRequired() {
    for (String name : schema.required()) {
      if (!properties.containsKey(name)) {
        Object additional = schema.keywords().getOrDefault("additionalProperties", true);
        if (additional.equals(false)) {
          throw schema.error("'%s' is required, but not allowed".formatted(name));
        }
        properties.put(name, schema.child(additional, "additionalProperties"));
      }
    }
  }

  String expression() {
    if (properties.isEmpty() && !schema.has("additionalProperties")) {
      return "object";
    }
    return "\"{\" space " + (properties.isEmpty() ? onlyOthers() : named()) + " \"}\"";
  }

  private String onlyOthers() {
    return others().map("(%s space)?"::formatted).orElse("");
  }

  /// Other pairs, at least one.
  private Optional<String> others() {
    Object additional = schema.keywords().getOrDefault("additionalProperties", false);
    if (additional.equals(false)) {
      return Optional.empty();
    }
    Schema value = schema.child(additional, "additionalProperties");
    String pair = rules.reserve(schema.pointer() + "-other");
    rules.define(pair, OtherKeys.than(properties.keySet()) + COLON + translate.apply(value));
    return Optional.of("%s (%s%s)*".formatted(pair, COMMA, pair));
  }

  private String named() {
    List<String> names = new ArrayList<>(properties.keySet());
    Optional<String> others = others();
    // What may come when a pair is there already, and when none is.
    String rest = others.map(pairs -> "(" + COMMA + pairs + ")?").orElse("");
    String start = others.map(pairs -> "(" + pairs + ")?").orElse("\"\"");
    for (String name : names.reversed()) {
      String pair = pair(name);
      boolean isRequired = schema.required().contains(name);
      String restRule = rest.isEmpty() ? "" : rule(name + "-rest", rest);
      String begun = pair + " " + restRule;
      start = isRequired ? begun : begun + " | " + rule(name + "-start", start);
      rest = (isRequired ? "%s%s %s" : "(%s%s)? %s").formatted(COMMA, pair, restRule);
    }
    return "(" + start + ") space";
  }

  private String rule(String suffix, String body) {
    String name = rules.reserve(schema.pointer() + "-" + suffix);
    rules.define(name, body);
    return name;
  }

  private String pair(String name) {
    String key = GbnfText.literal(JSON.std.asString(name));
    return rule(name, key + COLON + translate.apply(properties.get(name)));
  }
}
