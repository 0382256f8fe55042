package org.jgml.cpu;

import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.conformance.GraphConformanceTest;

/// Whole graphs give the results of the reference on the CPU, however they are planned.
final class CpuGraphTest extends GraphConformanceTest {
  @Override
  protected Device open(DeviceOptions options) {
    return new CpuDevice("cpu", options.threads(), Arithmetic.best());
  }
}
