package org.jgml.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Two reports held against each other.
///
/// A workload became slower if its fastest iteration now is slower than its slowest one before, by
/// more than [#LEAST_CHANGE]: so far apart the measured spreads do not reach. Faster likewise.
///
/// @param slower lines about workloads that became slower
/// @param faster lines about workloads that became faster
/// @param missing names that only the first report has
/// @param compared number of workloads that both have
record Comparison(List<String> slower, List<String> faster, List<String> missing, int compared) {
  /// Less than this is never called a change.
  static final double LEAST_CHANGE = 0.02;

  static Comparison of(Report before, Report after) {
    Map<String, Timing> now =
        after.timings().stream().collect(Collectors.toMap(Timing::name, Function.identity()));
    List<String> slower = new ArrayList<>();
    List<String> faster = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (Timing old : before.timings()) {
      Timing timing = now.get(old.name());
      if (timing == null) {
        missing.add(old.name());
      } else if (timing.fastest() > old.slowest() * (1 + LEAST_CHANGE)) {
        slower.add(line(old, timing));
      } else if (timing.slowest() * (1 + LEAST_CHANGE) < old.fastest()) {
        faster.add(line(old, timing));
      }
    }
    return new Comparison(slower, faster, missing, before.timings().size() - missing.size());
  }

  private static String line(Timing old, Timing timing) {
    return String.format(
        Locale.ROOT,
        "%s: %.1f µs (%.1f to %.1f), was %.1f µs (%.1f to %.1f): time x %.2f",
        timing.name(),
        timing.median() * 1e6,
        timing.fastest() * 1e6,
        timing.slowest() * 1e6,
        old.median() * 1e6,
        old.fastest() * 1e6,
        old.slowest() * 1e6,
        timing.median() / old.median());
  }
}
