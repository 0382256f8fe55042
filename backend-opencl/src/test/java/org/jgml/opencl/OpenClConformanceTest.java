package org.jgml.opencl;

import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.conformance.BackendConformanceTest;
import org.jgml.core.conformance.ConformanceCase;
import org.jgml.core.conformance.ConformanceSuite;

/// The first OpenCL device of this machine passes the suite, tuned as it is used.
final class OpenClConformanceTest extends BackendConformanceTest {
  /// One case in so many.
  private static final int SHARE = 8;

  @Override
  protected Device open(DeviceOptions options) {
    return TestDevice.open();
  }

  /// One device: it has as many threads as the machine.
  @Override
  protected ConformanceSuite suite() {
    return new ConformanceSuite(this::open, 1, List.of(1));
  }

  /// Plain values: a program is built for each combination of types and layouts.
  @Override
  protected List<ConformanceCase> cases() {
    return super.cases().stream()
        .filter(given -> given.name().contains("values=plain"))
        .filter(given -> given.name().hashCode() % SHARE == 0)
        .toList();
  }
}
