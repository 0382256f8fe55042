package org.jgml.opencl;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.Device;
import org.jocl.CL;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/// Asks one platform after the other for its devices. One that fails becomes a remark, and hides no
/// other.
final class PlatformSearch {
  /// JOCL's constant is negative as a long, which some drivers refuse.
  private static final long ALL_TYPES = 0xffff_ffffL;

  private final List<Device> devices = new ArrayList<>();
  private final List<Device> onlyByName = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  /// @return what all of them have
  BackendProvider.Discovery search(List<cl_platform_id> platforms) {
    for (int i = 0; i < platforms.size(); i++) {
      try {
        search(platforms.get(i));
      } catch (OpenClException e) {
        remarks.add(
            "opencl: platform %d of %d (%s) is left out: %s returned %s. Fix: reinstall its driver, or remove its .icd file."
                .formatted(
                    i + 1, platforms.size(), name(platforms.get(i)), e.call(), e.codeName()));
      }
    }
    return new BackendProvider.Discovery(devices, onlyByName, remarks);
  }

  private void search(cl_platform_id platform) {
    for (cl_device_id device : devices(platform)) {
      DeviceProfile profile = DeviceProfile.of(platform, device);
      String name = "opencl:" + (devices.size() + onlyByName.size());
      (profile.isCpu() ? onlyByName : devices)
          .add(new OpenClDevice(name, profile, platform, device));
    }
  }

  private static List<cl_device_id> devices(cl_platform_id platform) {
    int[] count = {0};
    int code = CL.clGetDeviceIDs(platform, ALL_TYPES, 0, null, count);
    if (code == CL.CL_DEVICE_NOT_FOUND) {
      return List.of();
    }
    OpenClException.check("opencl", "clGetDeviceIDs", code);
    cl_device_id[] devices = new cl_device_id[count[0]];
    OpenClException.check(
        "opencl",
        "clGetDeviceIDs",
        CL.clGetDeviceIDs(platform, ALL_TYPES, count[0], devices, null));
    return List.of(devices);
  }

  /// Its name, if it still knows that.
  private static String name(cl_platform_id platform) {
    try {
      return DeviceProfile.name(platform);
    } catch (OpenClException _) {
      return "which does not say its name";
    }
  }
}
