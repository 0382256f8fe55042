package org.jgml.models.grammar;

import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/// Whether no value fits two schemas, as far as it is plain to see: `oneOf` needs it.
///
/// @param resolve follows references
record Disjointness(UnaryOperator<Schema> resolve) {
  private static final int MOST_NESTED = 4;

  boolean isPlain(Schema a, Schema b) {
    return isPlain(a, b, 0);
  }

  private boolean isPlain(Schema a, Schema b, int depth) {
    if (depth > MOST_NESTED) {
      return false;
    }
    Schema first = resolve.apply(a);
    Schema second = resolve.apply(b);
    List<?> values = values(first);
    List<?> others = values(second);
    if (!values.isEmpty() && !others.isEmpty()) {
      return values.stream().noneMatch(others::contains);
    }
    if (!first.types().isEmpty() && !second.types().isEmpty()) {
      if (first.types().stream().noneMatch(type -> mayBe(type, second.types()))) {
        return true;
      }
      return isObject(first) && isObject(second) && differInAProperty(first, second, depth);
    }
    return false;
  }

  private static List<?> values(Schema schema) {
    return schema.has("const")
        ? Collections.singletonList(schema.keywords().get("const"))
        : schema.list("enum");
  }

  private static boolean mayBe(String type, List<String> types) {
    return types.contains(type)
        || type.equals("integer") && types.contains("number")
        || type.equals("number") && types.contains("integer");
  }

  private static boolean isObject(Schema schema) {
    return schema.types().equals(List.of("object"));
  }

  private boolean differInAProperty(Schema a, Schema b, int depth) {
    for (Object name : a.list("required")) {
      Object first = a.object("properties").get(name);
      Object second = b.object("properties").get(name);
      if (first != null
          && second != null
          && b.list("required").contains(name)
          && isPlain(a.child(first, "properties"), b.child(second, "properties"), depth + 1)) {
        return true;
      }
    }
    return false;
  }
}
