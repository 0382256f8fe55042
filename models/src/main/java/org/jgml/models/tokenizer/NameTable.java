package org.jgml.models.tokenizer;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
      throw new VocabularyException(key, expected(nearest(name)), "'" + name + "'");
    }
    return value;
  }

  private String expected(String nearest) {
    return values.keySet().stream()
        .filter(name -> !name.equals(nearest))
        .collect(Collectors.joining(", ", "'" + nearest + "' or another of ", ""));
  }

  private String nearest(String name) {
    return values.keySet().stream()
        .min(Comparator.comparingInt(candidate -> editDistance(name, candidate)))
        .orElseThrow();
  }

  /// Levenshtein's distance, one row at a time.
  private static int editDistance(String from, String to) {
    int[] row = IntStream.rangeClosed(0, to.length()).toArray();
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int substitution = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
