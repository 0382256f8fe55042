package org.jgml.core.backend;

/// A segment made ready for its device. Addresses are fixed; values are what the buffers hold.
public interface Executable extends AutoCloseable {
  /// Runs every step once and returns when results can be read. Allocates nothing.
  ///
  /// @throws DeviceException if the device fails
  void run();

  @Override
  void close();
}
