package org.jgml.opencl;

import org.jgml.core.backend.Device;
import org.jgml.core.conformance.BackendConformanceTest;

/// The first OpenCL device of this machine passes the suite, tuned as it is used.
final class OpenClConformanceTest extends BackendConformanceTest {
  @Override
  protected Device open() {
    return TestDevice.open();
  }
}
