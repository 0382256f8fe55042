package org.jgml.core.backend;

/// The ability of a device to tell how much memory it has, so that a plan which does not fit is
/// changed or refused before anything is allocated.
public interface BoundedDevice extends Device {
  /// What there is now, less what other programs and earlier buffers hold.
  DeviceMemory memory();
}
