package org.jgml.models.cli;

import java.util.Map;
import java.util.TreeMap;

/// Counts the outcomes of checked cases and prints those that fail.
final class CheckSummary {
  private final Streams streams;
  private final Map<String, Integer> skipped = new TreeMap<>();
  private volatile int passed;
  private volatile int failed;

  CheckSummary(Streams streams) {
    this.streams = streams;
  }

  int failed() {
    return failed;
  }

  /// Whether no case was run or skipped.
  synchronized boolean isEmpty() {
    return passed + failed == 0 && skipped.isEmpty();
  }

  String progress() {
    return "%d cases run, %d failed".formatted(passed + failed, failed);
  }

  /// Takes the outcome of a case that ggml recorded.
  synchronized void count(String op, String id, org.jgml.models.check.Outcome outcome) {
    switch (outcome) {
      case org.jgml.models.check.Outcome.Passed() -> passed++;
      case org.jgml.models.check.Outcome.Skipped(String reason) -> skip(reason);
      case org.jgml.models.check.Outcome.Failed(String problem) ->
          fail("failed %s %s: %s".formatted(op, id, problem));
    }
  }

  /// Takes the outcome of a case of the suite.
  ///
  /// @param again the command that runs it again
  synchronized void count(String name, org.jgml.core.conformance.Outcome outcome, String again) {
    switch (outcome) {
      case org.jgml.core.conformance.Outcome.Passed() -> passed++;
      case org.jgml.core.conformance.Outcome.Unsupported(String reason) ->
          skip("%s: %s".formatted(name.substring(0, name.indexOf(' ')), reason));
      case org.jgml.core.conformance.Outcome.Failed(String problem) ->
          fail("failed %s: %s%n  again: %s".formatted(name, problem, again));
    }
  }

  private void skip(String reason) {
    skipped.merge(reason, 1, Integer::sum);
  }

  private void fail(String text) {
    failed++;
    streams.out().println(text);
  }

  /// The last lines: what was skipped and why, and the counts.
  void print() {
    skipped.forEach((reason, cases) -> streams.note("skipped %d: %s".formatted(cases, reason)));
    int skips = skipped.values().stream().mapToInt(Integer::intValue).sum();
    streams.out().println("%d passed, %d failed, %d skipped".formatted(passed, failed, skips));
  }
}
