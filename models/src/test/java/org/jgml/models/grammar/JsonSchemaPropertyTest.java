package org.jgml.models.grammar;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.jr.ob.JSON;

/// Whatever a random schema's grammar lets through is valid under the schema.
final class JsonSchemaPropertyTest {
  private static final int SCHEMAS = 2000;
  private static final int TEXTS = 5;
  // Other properties than those named may come twice, which JSON does not forbid.
  private static final JSON READER = JSON.std.without(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS);
  private static final List<String> NAMES = List.of("a", "ab", "b c", "é", "\"q\"", "");
  private static final List<String> PATTERNS =
      List.of("^[a-c]+$", "x", "^\\d{2,3}-\\w$", "^(a|bc)*?d.$", "[^\\s\"]\\\\", "^$", "é|\\.");

  private final Random random = new Random(5);
  // Definitions that require each other have no finite value.
  private boolean mayRefer = true;

  @Test
  void everythingAllowedIsValid() {
    int translated = 0;
    for (int i = 0; i < SCHEMAS; i++) {
      Map<String, Object> schema = schema(3);
      mayRefer = false;
      schema.put("$defs", Map.of("d0", schema(1), "d1", schema(1)));
      mayRefer = true;
      String json = JSON.std.asString(schema);
      Grammar grammar;
      try {
        grammar = Grammar.ofJsonSchema(json);
      } catch (GrammarException refused) {
        assertTrue(refused.getMessage().startsWith("schema, #"), refused.getMessage());
        continue;
      }
      translated++;
      // As a reader gives it, so that numbers have the same types.
      Map<String, Object> read = JSON.std.mapFrom(json);
      for (int j = 0; j < TEXTS; j++) {
        String text = RandomText.of(grammar, random);
        assertTrue(grammar.matches(text), text);
        assertTrue(
            new SchemaValidator(read).isValid(READER.anyFrom(text), read),
            () -> text + " is not valid under " + json);
      }
    }
    int count = translated;
    assertTrue(count > SCHEMAS / 2, () -> "only %d schemas could be translated".formatted(count));
  }

  private Map<String, Object> schema(int depth) {
    Map<String, Object> schema = new LinkedHashMap<>();
    switch (random.nextInt(depth > 0 ? 12 : 6)) {
      case 0 -> integer(schema);
      case 1 -> number(schema);
      case 2 -> string(schema);
      case 3 -> schema.put("enum", List.of(1, "x", List.of(true), Map.of("k", 2), "é\n"));
      case 4 -> schema.put("type", random.nextBoolean() ? "boolean" : List.of("null", "string"));
      case 5 -> schema.put(mayRefer ? "$ref" : "title", "#/$defs/d" + random.nextInt(2));
      case 6, 7 -> array(schema, depth);
      case 8, 9 -> object(schema, depth);
      case 10 ->
          schema.put(
              random.nextBoolean() ? "anyOf" : "oneOf", List.of(schema(depth - 1), schema(0)));
      default -> schema.put("allOf", List.of(schema(depth - 1), schema(0)));
    }
    return schema;
  }

  private void integer(Map<String, Object> schema) {
    schema.put("type", "integer");
    bounds(schema, 5000);
  }

  private void number(Map<String, Object> schema) {
    schema.put("type", "number");
    bounds(schema, 30);
  }

  private void bounds(Map<String, Object> schema, int size) {
    int low = random.nextInt(2 * size) - size;
    if (random.nextBoolean()) {
      schema.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", low);
    }
    if (random.nextBoolean()) {
      schema.put(
          random.nextBoolean() ? "maximum" : "exclusiveMaximum", low + 2 + random.nextInt(size));
    }
  }

  private void string(Map<String, Object> schema) {
    schema.put("type", "string");
    if (random.nextBoolean()) {
      schema.put("pattern", PATTERNS.get(random.nextInt(PATTERNS.size())));
    } else {
      between(schema, "minLength", "maxLength");
    }
  }

  private void between(Map<String, Object> schema, String least, String most) {
    int low = random.nextInt(3);
    if (random.nextBoolean()) {
      schema.put(least, low);
    }
    if (random.nextBoolean()) {
      schema.put(most, low + random.nextInt(4));
    }
  }

  private void array(Map<String, Object> schema, int depth) {
    schema.put("type", "array");
    between(schema, "minItems", "maxItems");
    if (random.nextBoolean()) {
      List<Object> first = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        first.add(schema(depth - 1));
      }
      schema.put("prefixItems", first);
    }
    if (random.nextBoolean()) {
      schema.put("items", random.nextInt(4) == 0 ? (Object) false : schema(depth - 1));
    }
  }

  private void object(Map<String, Object> schema, int depth) {
    schema.put("type", "object");
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (String name : NAMES) {
      if (random.nextBoolean()) {
        properties.put(name, schema(depth - 1));
      }
      if (random.nextInt(3) == 0) {
        required.add(name);
      }
    }
    schema.put("properties", properties);
    schema.put("required", required);
    switch (random.nextInt(3)) {
      case 0 -> schema.put("additionalProperties", schema(depth - 1));
      case 1 -> schema.put("additionalProperties", random.nextBoolean());
      default -> {}
    }
  }
}
