package org.jgml.models.check;

/// What became of a recorded case.
public sealed interface Outcome {
  /// The result is as close as its rule asks.
  record Passed() implements Outcome {}

  /// @param problem the error measured and allowed, or what went wrong
  record Failed(String problem) implements Outcome {}

  /// @param reason what this engine or device lacks
  record Skipped(String reason) implements Outcome {}
}
