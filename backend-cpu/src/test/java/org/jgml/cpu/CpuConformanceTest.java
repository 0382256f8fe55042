package org.jgml.cpu;

import org.jgml.core.backend.Device;
import org.jgml.core.conformance.BackendConformanceTest;

/// The CPU device with the best arithmetic of this machine passes the suite.
final class CpuConformanceTest extends BackendConformanceTest {
  @Override
  protected Device open() {
    return new CpuDevice("cpu", 2, Arithmetic.best());
  }
}
