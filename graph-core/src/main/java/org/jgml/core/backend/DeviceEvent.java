package org.jgml.core.backend;

/// A point in the work of a stream: recorded by it, waited for by the host or by other streams.
///
/// Made once and recorded as often as there is something to wait for, so that runs allocate
/// nothing.
public interface DeviceEvent extends AutoCloseable {
  /// Whether the point was reached.
  boolean isReached();

  /// Makes the host wait until it is.
  ///
  /// @throws DeviceException if work before it failed
  void await();

  @Override
  void close();
}
