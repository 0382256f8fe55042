package org.jgml.cuda;

import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.conformance.ConformanceSuite;
import org.jgml.core.conformance.GraphConformanceTest;

/// Some whole graphs give the results of the reference on the emulated device, each launch behind
/// the one before.
final class CudaGraphTest extends GraphConformanceTest {
  @Override
  protected Device open(DeviceOptions options) {
    return Emulation.open(new CudaOptions(Products.EXACT, true, false, false, false));
  }

  /// The emulation runs one launch at a time.
  @Override
  protected ConformanceSuite suite() {
    return new ConformanceSuite(this::open, 1, List.of(1));
  }

  @Override
  protected int standardCount() {
    return 6;
  }
}
