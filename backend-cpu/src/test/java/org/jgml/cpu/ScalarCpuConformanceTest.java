package org.jgml.cpu;

import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.conformance.BackendConformanceTest;

/// The CPU device without the Vector API passes the suite.
final class ScalarCpuConformanceTest extends BackendConformanceTest {
  @Override
  protected Device open(DeviceOptions options) {
    return new CpuDevice("cpu", options.threads(), Arithmetic.scalar());
  }
}
