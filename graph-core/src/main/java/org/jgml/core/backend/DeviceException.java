package org.jgml.core.backend;

/// A device that fails: no memory, a lost device, a refused launch. The message names the device,
/// the call and what can be done.
public class DeviceException extends RuntimeException {
  public DeviceException(String message) {
    super(message);
  }

  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
