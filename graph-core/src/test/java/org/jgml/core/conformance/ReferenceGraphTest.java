package org.jgml.core.conformance;

import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.reference.ReferenceDevice;

/// Planning changes no result of the reference device.
final class ReferenceGraphTest extends GraphConformanceTest {
  @Override
  protected Device open(DeviceOptions options) {
    return new ReferenceDevice();
  }
}
