package org.jgml.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The times of one workload on one device.
///
/// @param op the op's name
/// @param shapes shapes of the operands
/// @param types element types
/// @param seconds time of one run, one figure for each iteration, ascending
/// @param bytesPerSecond bytes read and written once
/// @param flopsPerSecond floating-point operations
record Timing(
    String op,
    String shapes,
    String types,
    List<Double> seconds,
    double bytesPerSecond,
    double flopsPerSecond) {
  Timing {
    seconds = seconds.stream().sorted().toList();
  }

  /// The workload's name.
  String name() {
    return op + " " + shapes + " " + types;
  }

  double fastest() {
    return seconds.getFirst();
  }

  double slowest() {
    return seconds.getLast();
  }

  double median() {
    int middle = seconds.size() / 2;
    return seconds.size() % 2 == 1
        ? seconds.get(middle)
        : (seconds.get(middle - 1) + seconds.get(middle)) / 2;
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("op", op);
    json.put("shapes", shapes);
    json.put("types", types);
    json.put("seconds", seconds);
    json.put("bytesPerSecond", bytesPerSecond);
    json.put("flopsPerSecond", flopsPerSecond);
    return json;
  }

  static Timing of(Map<?, ?> json) {
    return new Timing(
        (String) json.get("op"),
        (String) json.get("shapes"),
        (String) json.get("types"),
        ((List<?>) json.get("seconds"))
            .stream().map(each -> ((Number) each).doubleValue()).toList(),
        ((Number) json.get("bytesPerSecond")).doubleValue(),
        ((Number) json.get("flopsPerSecond")).doubleValue());
  }
}
