package org.jgml.core.backend;

import java.util.function.BooleanSupplier;

/// A segment made ready for its device. Addresses are fixed; values are what the buffers hold. So
/// it is also the unit of capture: a device that can record its commands and replay them, as CUDA
/// graphs do, records at the first run and replays from then on.
public interface Executable extends AutoCloseable {
  /// Runs every step once, in order with all other work of the device: at once, or, on an
  /// asynchronous device, some time after this returns. Allocates nothing.
  ///
  /// @throws DeviceException if the device fails
  void run();

  /// The same, but ends early where the device can: while the caller waits for steps of long
  /// duration.
  ///
  /// @param cancelled asked now and then by any thread of the device, until this returns
  /// @throws java.util.concurrent.CancellationException if it ended early; what steps write may
  ///   then hold anything
  default void run(BooleanSupplier cancelled) {
    run();
  }

  /// Reports what a device noticed only while it ran, once a download or [Device#synchronise] has
  /// waited for the run. Does not wait itself.
  ///
  /// @throws DeviceException if a step of a finished run failed, such as by an index out of range
  default void check() {}

  @Override
  void close();
}
