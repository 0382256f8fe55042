package org.jgml.cuda;

/// What the driver of one device loads for programs: PTX, or machine code.
interface ProgramImages {
  /// The image of a program.
  ///
  /// @throws org.jgml.core.backend.DeviceException if there is none for the device
  byte[] of(Program program);
}
