package org.jgml.cpu;

import org.jgml.core.backend.Device;
import org.jgml.core.conformance.BackendConformanceTest;

/// The CPU device without the Vector API passes the suite.
final class ScalarCpuConformanceTest extends BackendConformanceTest {
  @Override
  protected Device open() {
    return new CpuDevice("cpu", 3, Arithmetic.scalar());
  }
}
