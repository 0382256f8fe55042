package org.jgml.core.backend;

/// The memory of a device.
///
/// @param totalBytes all there is
/// @param freeBytes what can still be allocated
/// @param largestBufferBytes the most that one buffer can have
public record DeviceMemory(long totalBytes, long freeBytes, long largestBufferBytes) {
  /// Memory with one bound for everything.
  public static DeviceMemory of(long bytes) {
    return new DeviceMemory(bytes, bytes, bytes);
  }
}
