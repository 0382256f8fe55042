package org.jgml.opencl;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.DeviceOptions;
import org.jocl.CL;
import org.jocl.cl_platform_id;

/// Offers every OpenCL device of this machine, `opencl:0` and so on, in the order of platforms.
///
/// Devices that compute on the host's own processors are used only by name: there the CPU backend
/// is faster.
public final class OpenClBackendProvider implements BackendProvider {
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
    try {
      List<cl_platform_id> platforms = platforms();
      Discovery found = new PlatformSearch().search(platforms);
      List<String> absent = new ArrayList<>();
      if (platforms.isEmpty()) {
        absent.add(noPlatform());
      }
      absent.addAll(RegisteredDrivers.of(System.getenv()).missing(platforms.size()));
      return new Discovery(found.devices(), found.onlyByName(), found.remarks(), absent);
    } catch (LinkageError e) {
      return Discovery.absent(noLibrary(e));
    } catch (OpenClException e) {
      return new Discovery(List.of(), List.of(), List.of("opencl: " + e.getMessage()));
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
