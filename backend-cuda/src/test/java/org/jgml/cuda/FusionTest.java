package org.jgml.cuda;

import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.conformance.FusedStepsTest;

/// CUDA devices fuse what the core offers.
final class FusionTest extends FusedStepsTest {
  @Override
  protected Device open() {
    return Emulation.open();
  }

  @Override
  protected int launches(Executable executable) {
    return ((CudaExecutable) executable).commandCount();
  }
}
