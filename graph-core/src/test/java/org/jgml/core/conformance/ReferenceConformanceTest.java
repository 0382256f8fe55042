package org.jgml.core.conformance;

import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.reference.ReferenceDevice;

/// The reference device passes its own suite: layouts, guards and repeated runs do not change it.
final class ReferenceConformanceTest extends BackendConformanceTest {
  @Override
  protected Device open(DeviceOptions options) {
    return new ReferenceDevice();
  }

  /// One device: it has one thread.
  @Override
  protected ConformanceSuite suite() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new ConformanceSuite(this::open, processors, List.of(1));
  }
}
