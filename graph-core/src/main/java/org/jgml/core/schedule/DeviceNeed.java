package org.jgml.core.schedule;

import org.jgml.core.backend.DeviceMemory;

/// The memory that a plan needs of a device.
///
/// @param weightBytes weights that lie there
/// @param stateBytes states that lie there
/// @param arenaBytes values between the ops of a run
/// @param largestBufferBytes the largest single allocation among these
public record DeviceNeed(
    long weightBytes, long stateBytes, long arenaBytes, long largestBufferBytes) {
  public long totalBytes() {
    return weightBytes + stateBytes + arenaBytes;
  }

  /// Whether a device with this memory can hold it.
  public boolean fits(DeviceMemory memory) {
    return totalBytes() <= memory.freeBytes() && largestBufferBytes <= memory.largestBufferBytes();
  }
}
