package org.jgml.models.tokenizer;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jgml.models.gguf.NearestName;

/// The supported values of a GGUF key, by the names that files use.
final class NameTable<T> {
  private final String key;
  private final Map<String, T> values = new TreeMap<>();

  NameTable(String key, T[] values, Function<T, Stream<String>> names) {
    this.key = key;
    for (T value : values) {
      names.apply(value).forEach(name -> this.values.put(name, value));
    }
  }

  /// @throws VocabularyException if there is no such name; it lists the names and the nearest one
  T named(String name) {
    T value = values.get(name);
    if (value == null) {
      throw new VocabularyException(
          key, expected(NearestName.of(name, values.keySet())), "'" + name + "'");
    }
    return value;
  }

  private String expected(String nearest) {
    return values.keySet().stream()
        .filter(name -> !name.equals(nearest))
        .collect(Collectors.joining(", ", "'" + nearest + "' or another of ", ""));
  }
}
