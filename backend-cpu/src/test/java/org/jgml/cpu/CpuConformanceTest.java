package org.jgml.cpu;

import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.conformance.BackendConformanceTest;

/// The CPU device with the best arithmetic of this machine passes the suite.
final class CpuConformanceTest extends BackendConformanceTest {
  @Override
  protected Device open(DeviceOptions options) {
    return new CpuDevice("cpu", options.threads(), Arithmetic.best());
  }
}
