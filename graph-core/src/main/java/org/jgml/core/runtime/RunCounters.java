package org.jgml.core.runtime;

/// What the runs of a session cost besides computing.
///
/// @param runs runs of executions
/// @param hostWaits times the host waited for a device that is not the host itself: for results,
///   for operands of host calls, for values that another device reads
/// @param crossedBytes bytes that went from one device to another
public record RunCounters(long runs, long hostWaits, long crossedBytes) {
  /// What was added since.
  public RunCounters since(RunCounters earlier) {
    return new RunCounters(
        runs - earlier.runs, hostWaits - earlier.hostWaits, crossedBytes - earlier.crossedBytes);
  }
}
