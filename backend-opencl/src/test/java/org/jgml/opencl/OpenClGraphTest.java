package org.jgml.opencl;

import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.conformance.GraphConformanceTest;

/// Some whole graphs give the results of the reference on the first OpenCL device; `jgml check
/// --device opencl:0` runs all of them.
final class OpenClGraphTest extends GraphConformanceTest {
  @Override
  protected Device open(DeviceOptions options) {
    return TestDevice.open();
  }

  /// A graph needs a program for nearly each of its nodes.
  @Override
  protected int standardCount() {
    return 4;
  }
}
