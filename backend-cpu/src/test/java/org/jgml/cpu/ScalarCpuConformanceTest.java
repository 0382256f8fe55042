package org.jgml.cpu;

import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.conformance.BackendConformanceTest;
import org.jgml.core.conformance.ConformanceCase;

/// The CPU device without the Vector API passes a share of the suite; it has no tails to break.
final class ScalarCpuConformanceTest extends BackendConformanceTest {
  /// One case in so many.
  private static final int SHARE = 3;

  @Override
  protected Device open(DeviceOptions options) {
    return new CpuDevice("cpu", options.threads(), Arithmetic.scalar());
  }

  @Override
  protected List<ConformanceCase> cases() {
    return super.cases().stream().filter(given -> given.name().hashCode() % SHARE == 0).toList();
  }
}
