package org.jgml.models.grammar;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/// Validates values read from JSON: the part of JSON schema that tests use, word by word.
record SchemaValidator(Map<?, ?> root) {
  boolean isValid(Object value, Object schema) {
    if (schema instanceof Boolean allowed) {
      return allowed;
    }
    Map<?, ?> keywords = (Map<?, ?>) schema;
    return keywords.keySet().stream().allMatch(word -> fits(value, (String) word, keywords));
  }

  private boolean fits(Object value, String word, Map<?, ?> schema) {
    Object wanted = schema.get(word);
    return switch (word) {
      case "$ref" -> isValid(value, definition((String) wanted));
      case "const" -> Objects.equals(value, wanted);
      case "enum" -> ((List<?>) wanted).contains(value);
      case "anyOf" -> count(value, wanted) > 0;
      case "oneOf" -> count(value, wanted) == 1;
      case "allOf" -> count(value, wanted) == ((List<?>) wanted).size();
      case "type" ->
          wanted instanceof List<?> types
              ? types.stream().anyMatch(type -> isA(value, type))
              : isA(value, wanted);
      default ->
          switch (value) {
            case String text -> fitsText(text, word, wanted);
            case Number number -> fitsNumber(number, word, wanted);
            case List<?> list -> fitsList(list, word, schema);
            case Map<?, ?> object -> fitsObject(object, word, schema);
            case null, default -> true;
          };
    };
  }

  private Object definition(String reference) {
    Map<?, ?> definitions = (Map<?, ?>) root.get("$defs");
    return definitions.get(reference.substring(reference.lastIndexOf('/') + 1));
  }

  private long count(Object value, Object schemas) {
    return ((List<?>) schemas).stream().filter(schema -> isValid(value, schema)).count();
  }

  private static boolean isA(Object value, Object type) {
    return switch ((String) type) {
      case "null" -> value == null;
      case "boolean" -> value instanceof Boolean;
      case "string" -> value instanceof String;
      case "number" -> value instanceof Number;
      case "integer" ->
          value instanceof Number
              && new BigDecimal(value.toString()).remainder(BigDecimal.ONE).signum() == 0;
      case "array" -> value instanceof List;
      default -> value instanceof Map;
    };
  }

  private static boolean fitsText(String text, String word, Object wanted) {
    int length = text.codePointCount(0, text.length());
    return switch (word) {
      case "minLength" -> length >= (Integer) wanted;
      case "maxLength" -> length <= (Integer) wanted;
      case "pattern" -> Pattern.compile((String) wanted).matcher(text).find();
      default -> true;
    };
  }

  private static boolean fitsNumber(Number number, String word, Object wanted) {
    if (!(wanted instanceof Number bound)) {
      return true;
    }
    int order = new BigDecimal(number.toString()).compareTo(new BigDecimal(bound.toString()));
    return switch (word) {
      case "minimum" -> order >= 0;
      case "exclusiveMinimum" -> order > 0;
      case "maximum" -> order <= 0;
      case "exclusiveMaximum" -> order < 0;
      default -> true;
    };
  }

  private boolean fitsList(List<?> list, String word, Map<?, ?> schema) {
    List<?> first = schema.get("prefixItems") instanceof List<?> items ? items : List.of();
    return switch (word) {
      case "minItems" -> list.size() >= (Integer) schema.get(word);
      case "maxItems" -> list.size() <= (Integer) schema.get(word);
      case "prefixItems" -> {
        boolean fits = true;
        for (int i = 0; i < Math.min(list.size(), first.size()); i++) {
          fits &= isValid(list.get(i), first.get(i));
        }
        yield fits;
      }
      case "items" ->
          list.stream().skip(first.size()).allMatch(each -> isValid(each, schema.get(word)));
      default -> true;
    };
  }

  private boolean fitsObject(Map<?, ?> object, String word, Map<?, ?> schema) {
    Map<?, ?> named = schema.get("properties") instanceof Map<?, ?> map ? map : Map.of();
    return switch (word) {
      case "required" -> object.keySet().containsAll((List<?>) schema.get(word));
      case "properties" ->
          object.entrySet().stream()
              .filter(entry -> named.containsKey(entry.getKey()))
              .allMatch(entry -> isValid(entry.getValue(), named.get(entry.getKey())));
      case "additionalProperties" ->
          object.entrySet().stream()
              .filter(entry -> !named.containsKey(entry.getKey()))
              .allMatch(entry -> isValid(entry.getValue(), schema.get(word)));
      default -> true;
    };
  }
}
