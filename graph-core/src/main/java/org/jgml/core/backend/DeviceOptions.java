package org.jgml.core.backend;

/// What the user asks of devices.
///
/// @param threads threads of the CPU backend, the caller's included
/// @param quickStart whether kernels that are fast from the first moment are wanted rather than
///   those that are fastest once they are warm: for work that takes less than a few seconds in all
public record DeviceOptions(int threads, boolean quickStart) {
  private static final int MOST_THREADS = 512;

  /// @throws IllegalArgumentException if `threads` is not from 1 to 512
  public DeviceOptions {
    if (threads < 1 || threads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "threads must be from 1 to %d, is %d".formatted(MOST_THREADS, threads));
    }
  }

  /// One thread for each processor that this process may use, 512 at most.
  public static DeviceOptions defaults() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new DeviceOptions(Math.min(processors, MOST_THREADS), false);
  }

  /// The same with another number of threads.
  public DeviceOptions withThreads(int count) {
    return new DeviceOptions(count, quickStart);
  }
}
