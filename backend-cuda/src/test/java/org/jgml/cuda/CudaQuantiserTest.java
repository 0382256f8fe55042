package org.jgml.cuda;

import org.jgml.core.backend.Device;
import org.jgml.core.conformance.QuantiserConformanceTest;

/// The emulated device writes blocks as the core does.
final class CudaQuantiserTest extends QuantiserConformanceTest {
  @Override
  protected Device open() {
    return Emulation.open(new CudaOptions(Products.EXACT, true, false, false, false));
  }
}
