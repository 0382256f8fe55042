package org.jgml.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_PTX;
import static jcuda.driver.CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU;
import static jcuda.driver.CUresult.CUDA_ERROR_OUT_OF_MEMORY;
import static jcuda.driver.CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
import static jcuda.driver.CUresult.CUDA_SUCCESS;

import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.jgml.core.backend.DeviceException;

/// A call of the driver that failed: the device, the call, the name of its result and the memory.
final class CudaException extends DeviceException {
  private static final int FIRST_STICKY = 700;
  private static final int LAST_STICKY = 719;

  private final String call;
  private final int code;

  CudaException(String device, String call, int code) {
    super(
        "%s: %s returned %s (%s)%s. Fix: %s."
            .formatted(device, call, CUresult.stringFor(code), text(code), memory(), fix(code)));
    this.call = call;
    this.code = code;
  }

  /// The function of the driver.
  String call() {
    return call;
  }

  /// Its result.
  int code() {
    return code;
  }

  /// Whether the context cannot be used any more, whatever is asked of it.
  boolean isSticky() {
    return isSticky(code);
  }

  private static boolean isSticky(int code) {
    return code >= FIRST_STICKY && code <= LAST_STICKY;
  }

  private static String text(int code) {
    String[] text = {""};
    JCudaDriver.cuGetErrorString(code, text);
    return text[0] == null ? "no text" : text[0];
  }

  private static String memory() {
    long[] free = {0};
    long[] total = {0};
    boolean isKnown = JCudaDriver.cuMemGetInfo(free, total) == CUDA_SUCCESS;
    return isKnown ? ", %,d of %,d bytes of memory are free".formatted(free[0], total[0]) : "";
  }

  private static String fix(int code) {
    return switch (code) {
      case CUDA_ERROR_OUT_OF_MEMORY ->
          "use a shorter context (-c), fewer layers on this device (-ngl) or a smaller model";
      case CUDA_ERROR_INVALID_PTX,
          CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
          CUDA_ERROR_NO_BINARY_FOR_GPU ->
          "update the driver, or use another device (--device)";
      default ->
          isSticky(code)
              ? "the device is lost to this process; start again, and find the kernel with"
                  + " -Djgml.cuda.graphs=false and compute-sanitizer"
              : "report this with the output of `jgml devices`, or use another device (--device)";
    };
  }

  /// Throws unless a call has succeeded.
  static void check(String device, String call, int code) {
    if (code != CUDA_SUCCESS) {
      throw new CudaException(device, call, code);
    }
  }
}
