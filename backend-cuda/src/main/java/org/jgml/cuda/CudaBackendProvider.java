package org.jgml.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_NO_DEVICE;
import static jcuda.driver.CUresult.CUDA_SUCCESS;

import java.util.ArrayList;
import java.util.List;
import jcuda.LogLevel;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.DeviceOptions;

/// Offers every NVIDIA GPU of this machine, `cuda:0` and so on, in the order of the driver.
///
/// They are used only by name: no GPU has run these kernels yet (docs/cuda.md).
public final class CudaBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public Discovery discover(DeviceOptions options) {
    if (!DriverLibrary.isThere()) {
      return Discovery.absent(
          "cuda: no NVIDIA driver: %s is not on this machine. Fix: with an NVIDIA GPU, install its driver; nothing else is needed."
              .formatted(DriverLibrary.name()));
    }
    try {
      return devices();
    } catch (LinkageError e) {
      return none(noBinding(e));
    } catch (DeviceException e) {
      return none(e.getMessage());
    }
  }

  private static Discovery devices() {
    JCudaDriver.setExceptionsEnabled(false);
    JCudaDriver.setLogLevel(LogLevel.LOG_QUIET);
    int code = JCudaDriver.cuInit(0);
    if (code == CUDA_ERROR_NO_DEVICE) {
      return Discovery.absent(
          "cuda: the driver finds no device (CUDA_ERROR_NO_DEVICE). Fix: see that nvidia-smi lists"
              + " one, and that CUDA_VISIBLE_DEVICES does not hide it.");
    }
    if (code != CUDA_SUCCESS) {
      return none(
          "cuda: cuInit returned %s. Fix: see that nvidia-smi works; restart after an update of the driver."
              .formatted(CUresult.stringFor(code)));
    }
    int[] count = {0};
    CudaException.check("cuda", "cuDeviceGetCount", JCudaDriver.cuDeviceGetCount(count));
    List<Device> devices = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    for (int ordinal = 0; ordinal < count[0]; ordinal++) {
      String name = "cuda:" + ordinal;
      DeviceProfile profile = DeviceProfile.of(name, ordinal);
      if (profile.isSupported()) {
        devices.add(new CudaDevice(name, profile, CudaOptions.fromProperties()));
      } else {
        remarks.add(
            "%s: %s has compute capability %s, kernels need %s. Fix: use another device (--device)."
                .formatted(
                    name, profile.model(), profile.capability(), DeviceProfile.LEAST_CAPABILITY));
      }
    }
    return new Discovery(List.of(), devices, remarks);
  }

  private static Discovery none(String remark) {
    return new Discovery(List.of(), List.of(), List.of(remark));
  }

  private static String noBinding(LinkageError error) {
    return "cuda: the driver is there, but JCuda's library cannot be loaded (%s). Fix: start with ./jgml, or take libJCudaDriver out of jcuda-natives.jar and pass its folder as -Djava.library.path."
        .formatted(firstLine(error));
  }

  /// What an error says of a library, without the list of places that were searched.
  static String firstLine(LinkageError error) {
    String message = error.getMessage();
    return message == null
        ? error.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
