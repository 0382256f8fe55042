package org.jgml.opencl;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jocl.CL;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/// Offers every OpenCL device of this machine, `opencl:0` and so on, in the order of platforms.
///
/// Devices that compute on the host's own processors are used only by name: there the CPU backend
/// is faster.
public final class OpenClBackendProvider implements BackendProvider {
  /// JOCL's constant is negative as a long, which some drivers refuse.
  private static final long ALL_TYPES = 0xffff_ffffL;

  @Override
  public String name() {
    return "opencl";
  }

  /// One thread at a time: PoCL shows devices that it has not described yet to a second one, which
  /// then crashes.
  @Override
  public Discovery discover(DeviceOptions options) {
    synchronized (OpenClBackendProvider.class) {
      return discover();
    }
  }

  private static Discovery discover() {
    List<Device> devices = new ArrayList<>();
    List<Device> onlyByName = new ArrayList<>();
    try {
      List<cl_platform_id> platforms = platforms();
      for (cl_platform_id platform : platforms) {
        for (cl_device_id device : devices(platform)) {
          DeviceProfile profile = DeviceProfile.of(platform, device);
          String name = "opencl:" + (devices.size() + onlyByName.size());
          (profile.isCpu() ? onlyByName : devices)
              .add(new OpenClDevice(name, profile, platform, device));
        }
      }
      return platforms.isEmpty()
          ? Discovery.absent(noPlatform())
          : new Discovery(devices, onlyByName, List.of());
    } catch (LinkageError e) {
      return Discovery.absent(noLibrary(e));
    } catch (OpenClException e) {
      return new Discovery(devices, onlyByName, List.of("opencl: " + e.getMessage()));
    }
  }

  private static List<cl_platform_id> platforms() {
    CL.setExceptionsEnabled(false);
    int[] count = {0};
    int code = CL.clGetPlatformIDs(0, null, count);
    if (code == CL.CL_PLATFORM_NOT_FOUND_KHR || count[0] == 0) {
      return List.of();
    }
    OpenClException.check("opencl", "clGetPlatformIDs", code);
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    OpenClException.check(
        "opencl", "clGetPlatformIDs", CL.clGetPlatformIDs(count[0], platforms, null));
    return List.of(platforms);
  }

  private static List<cl_device_id> devices(cl_platform_id platform) {
    int[] count = {0};
    int code = CL.clGetDeviceIDs(platform, ALL_TYPES, 0, null, count);
    if (code == CL.CL_DEVICE_NOT_FOUND || count[0] == 0) {
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

  private static String noPlatform() {
    return "opencl: no platform is installed. Fix: install the driver of your GPU; for the CPU,"
        + " PoCL (Debian: pocl-opencl-icd).";
  }

  private static String noLibrary(LinkageError error) {
    return "opencl: the library cannot be loaded (%s). Fix: install the ICD loader (Debian: ocl-icd-libopencl1) and a driver."
        .formatted(firstLine(error));
  }

  private static String firstLine(LinkageError error) {
    String message = error.getMessage();
    return message == null
        ? error.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
