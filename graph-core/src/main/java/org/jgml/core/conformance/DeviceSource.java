package org.jgml.core.conformance;

import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;

/// Opens the device to test, as often as a check needs one of its own; the caller closes it.
@FunctionalInterface
public interface DeviceSource {
  Device open(DeviceOptions options);
}
