package org.jgml.models.grammar;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/// Which of JSON schema's types a value has.
final class JsonTypes {
  private JsonTypes() {}

  static boolean fits(Object value, List<String> types) {
    return types.contains(of(value)) || value instanceof Number && types.contains("number");
  }

  private static String of(Object value) {
    return switch (value) {
      case null -> "null";
      case Map<?, ?> _ -> "object";
      case List<?> _ -> "array";
      case String _ -> "string";
      case Boolean _ -> "boolean";
      case Number number ->
          new BigDecimal(number.toString()).stripTrailingZeros().scale() <= 0
              ? "integer"
              : "number";
      default -> value.getClass().getSimpleName();
    };
  }
}
