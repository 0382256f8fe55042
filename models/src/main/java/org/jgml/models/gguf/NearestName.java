package org.jgml.models.gguf;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Finds what a name in a file may have been meant to be.
public final class NearestName {
  private NearestName() {}

  /// The name that the fewest insertions, deletions and substitutions make of `name`, the first of
  /// several.
  ///
  /// @throws java.util.NoSuchElementException if there are no names
  public static String of(String name, Collection<String> names) {
    return names.stream()
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
