package org.jgml.example;

import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.conformance.BackendConformanceTest;

/// The example passes the suite.
final class ExampleConformanceTest extends BackendConformanceTest {
  @Override
  protected Device open(DeviceOptions options) {
    return new ExampleDevice("example");
  }
}
