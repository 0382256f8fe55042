package org.jgml.cpu;

import org.jgml.core.backend.Device;
import org.jgml.core.conformance.QuantiserConformanceTest;

/// The CPU writes blocks as the core does.
final class CpuQuantiserTest extends QuantiserConformanceTest {
  @Override
  protected Device open() {
    return new CpuDevice("cpu", 2, Arithmetic.best());
  }
}
