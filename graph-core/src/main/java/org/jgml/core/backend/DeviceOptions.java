package org.jgml.core.backend;

/// What the user asks of devices.
///
/// @param threads threads of the CPU backend, the caller's included
/// @param quickStart whether kernels that are fast from the first moment are wanted rather than
///   those that are fastest once they are warm: for work that takes less than a few seconds in all
public record DeviceOptions(int threads, boolean quickStart) {
  /// @throws IllegalArgumentException if `threads` is not from 1 to 512
  public DeviceOptions {
    if (threads < 1 || threads > 512) {
      throw new IllegalArgumentException("threads must be from 1 to 512, is " + threads);
    }
  }

  /// One thread for each processor that this process may use.
  public static DeviceOptions defaults() {
    return new DeviceOptions(Runtime.getRuntime().availableProcessors(), false);
  }

  /// The same with another number of threads.
  public DeviceOptions withThreads(int count) {
    return new DeviceOptions(count, quickStart);
  }
}
