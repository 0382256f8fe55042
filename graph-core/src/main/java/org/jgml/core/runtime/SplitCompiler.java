package org.jgml.core.runtime;

import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;

/// How the segment of a split becomes something that runs: as a whole, or node by node to be
/// observed.
@FunctionalInterface
interface SplitCompiler {
  /// As fast as the device can.
  SplitCompiler WHOLE = Device::compile;

  Executable compile(Device device, Segment segment);
}
