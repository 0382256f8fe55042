package org.jgml.models.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Repeated timings of one task.
///
/// @param tokens how many tokens each repetition handles
/// @param details what else was measured meanwhile
/// @param tokensPerSecond one rate for each repetition, at least one
record Measurement(String task, int tokens, List<Detail> details, double... tokensPerSecond) {
  /// Something else that was measured.
  interface Detail {
    /// For people.
    String line();

    /// By names that are its own among all details.
    Map<String, Object> json();
  }

  Measurement {
    tokensPerSecond = tokensPerSecond.clone();
    Arrays.sort(tokensPerSecond);
  }

  double median() {
    int middle = tokensPerSecond.length / 2;
    return tokensPerSecond.length % 2 == 1
        ? tokensPerSecond[middle]
        : (tokensPerSecond[middle - 1] + tokensPerSecond[middle]) / 2;
  }

  double slowest() {
    return tokensPerSecond[0];
  }

  double fastest() {
    return tokensPerSecond[tokensPerSecond.length - 1];
  }

  /// From slowest to fastest, as a share of the median.
  double spread() {
    return (fastest() - slowest()) / median();
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%-7s %6d tokens  %9.2f tokens/s  (%.2f to %.2f, spread %.1f %%, %d repetitions)",
        task,
        tokens,
        median(),
        slowest(),
        fastest(),
        100 * spread(),
        tokensPerSecond.length);
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("tokens", tokens);
    json.put("median", median());
    json.put("slowest", slowest());
    json.put("fastest", fastest());
    json.put("spread", spread());
    json.put("samples", tokensPerSecond);
    details.forEach(detail -> json.putAll(detail.json()));
    return json;
  }
}
