package org.jgml.core.conformance;

/// What became of a case.
public sealed interface Outcome {
  /// The device did what its verdict and the op's definition say.
  record Passed() implements Outcome {}

  /// @param problem what is wrong, with the worst element, the error and what is allowed
  record Failed(String problem) implements Outcome {}

  /// The device says that it has no kernel, and indeed it has none.
  record Unsupported(String reason) implements Outcome {}
}
