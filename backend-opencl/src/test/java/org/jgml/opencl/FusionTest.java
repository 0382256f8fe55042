package org.jgml.opencl;

import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.conformance.FusedStepsTest;

/// OpenCL devices fuse what the core offers.
final class FusionTest extends FusedStepsTest {
  @Override
  protected Device open() {
    return TestDevice.open();
  }

  @Override
  protected int launches(Executable executable) {
    return ((OpenClExecutable) executable).commandCount();
  }
}
