package org.jgml.core.backend;

/// A device that has not enough memory, with what was asked and what there is.
public final class DeviceMemoryException extends DeviceException {
  private final long neededBytes;
  private final long availableBytes;

  /// @param what the limit that is met, such as `free memory` or `largest buffer`
  public DeviceMemoryException(String device, long neededBytes, long availableBytes, String what) {
    super(
        "%s: needs %,d bytes, but its %s is %,d bytes. Fix: use a shorter context (-c), fewer layers on this device (-ngl), a smaller cache type or a smaller model."
            .formatted(device, neededBytes, what, availableBytes));
    this.neededBytes = neededBytes;
    this.availableBytes = availableBytes;
  }

  /// Bytes that were asked for.
  public long neededBytes() {
    return neededBytes;
  }

  /// Bytes that there are.
  public long availableBytes() {
    return availableBytes;
  }
}
