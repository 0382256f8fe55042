package org.jgml.cuda;

import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.conformance.BackendConformanceTest;
import org.jgml.core.conformance.ConformanceCase;
import org.jgml.core.conformance.ConformanceSuite;
import org.junit.jupiter.api.AfterEach;

/// The kernels' own sources pass the suite, run on the CPU. `-Djgml.cuda.share=1` runs every case.
final class CudaConformanceTest extends BackendConformanceTest {
  /// One case in so many.
  private static final int SHARE = Integer.getInteger("jgml.cuda.share", 16);

  private static final String ONLY = System.getProperty("jgml.cuda.only", "");

  @AfterEach
  void end() {
    Emulation.setSuite(false);
  }

  @Override
  protected Device open(DeviceOptions options) {
    CudaDevice device = Emulation.open(Emulation.options(Products.EXACT));
    Emulation.setSuite(true);
    return device;
  }

  /// One device, which runs one launch at a time.
  @Override
  protected ConformanceSuite suite() {
    return new ConformanceSuite(this::open, 1, List.of(1));
  }

  @Override
  protected List<ConformanceCase> cases() {
    return super.cases().stream()
        .filter(given -> given.name().startsWith(ONLY))
        .filter(given -> Math.floorMod(given.name().hashCode(), SHARE) == 0)
        .toList();
  }
}
