package org.jgml.core.runtime;

import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;

/// How the steps of a split become something that runs: all at once, or one by one to be observed.
@FunctionalInterface
interface SplitCompiler {
  /// One segment, as fast as the device can.
  SplitCompiler WHOLE = (device, steps) -> device.compile(new Segment(steps));

  Executable compile(Device device, List<Step> steps);
}
