package org.jgml.opencl;

import org.jgml.core.backend.DeviceException;

/// A program that the driver does not compile.
final class BuildException extends DeviceException {
  private final String log;

  /// @param program its files and definitions
  /// @param error the first error of the log, with file and line
  BuildException(String device, String program, String code, String error, String log) {
    super(
        "%s: clBuildProgram returned %s for %s: %s. Fix: update the driver, or use another device (--device)."
            .formatted(device, code, program, error.strip()));
    this.log = log;
  }

  /// All that the compiler said.
  String log() {
    return log;
  }
}
