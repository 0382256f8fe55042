package org.jgml.core.runtime;

/// Counts for [RunCounters].
final class Tally {
  private long runs;
  private long hostWaits;
  private long crossedBytes;

  void ran() {
    runs++;
  }

  void waited() {
    hostWaits++;
  }

  void crossed(long bytes) {
    crossedBytes += bytes;
  }

  RunCounters counters() {
    return new RunCounters(runs, hostWaits, crossedBytes);
  }
}
