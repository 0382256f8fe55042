package org.jgml.models.check;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A JSON object whose members are asked for by type. A member that is missing or of another type
/// is refused by name.
record JsonObject(Map<String, Object> members) {
  boolean has(String key) {
    return members.containsKey(key);
  }

  String string(String key) {
    return as(String.class, key);
  }

  double number(String key) {
    return as(Number.class, key).doubleValue();
  }

  long integer(String key) {
    return as(Number.class, key).longValue();
  }

  /// A truth value; false if there is none.
  boolean flag(String key) {
    return has(key) && as(Boolean.class, key);
  }

  long[] integers(String key) {
    return ((List<?>) as(List.class, key))
        .stream().mapToLong(value -> as(Number.class, key, value).longValue()).toArray();
  }

  /// A list, or one number that stands for each of its members.
  long[] each(String key, int length) {
    if (members.get(key) instanceof Number) {
      long[] all = new long[length];
      Arrays.fill(all, integer(key));
      return all;
    }
    return integers(key);
  }

  JsonObject object(String key) {
    return object(key, as(Map.class, key));
  }

  Optional<JsonObject> find(String key) {
    return has(key) ? Optional.of(object(key)) : Optional.empty();
  }

  List<JsonObject> objects(String key) {
    return ((List<?>) as(List.class, key)).stream().map(value -> object(key, value)).toList();
  }

  @SuppressWarnings("unchecked")
  private static JsonObject object(String key, Object value) {
    return new JsonObject((Map<String, Object>) as(Map.class, key, value));
  }

  private <T> T as(Class<T> type, String key) {
    return as(type, key, members.get(key));
  }

  private static <T> T as(Class<T> type, String key, Object value) {
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          "member '%s': expected a %s, found %s".formatted(key, type.getSimpleName(), value));
    }
    return type.cast(value);
  }
}
