package org.jgml.opencl;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.junit.jupiter.api.Assumptions;

/// The device that tests run on; where there is none, they are skipped with the reason.
final class TestDevice {
  private TestDevice() {}

  /// The first device of this machine.
  static OpenClDevice open() {
    BackendProvider.Discovery found =
        new OpenClBackendProvider().discover(DeviceOptions.defaults());
    List<Device> devices =
        Stream.concat(found.devices().stream(), found.onlyByName().stream()).toList();
    Assumptions.assumeFalse(
        devices.isEmpty(), () -> "no OpenCL device: " + found.remarks() + found.absent());
    return (OpenClDevice) devices.getFirst();
  }

  /// What a processor with these limits would say of itself.
  static DeviceProfile profile(long workGroupItems, String... extensions) {
    return new DeviceProfile(
        "platform",
        "OpenCL 1.2",
        "device",
        "driver",
        true,
        2,
        1 << 30,
        1 << 30,
        1 << 15,
        workGroupItems,
        0,
        1,
        Set.of(extensions));
  }
}
