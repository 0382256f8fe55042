package org.jgml.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_ASSERT;
import static jcuda.driver.CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED;
import static jcuda.driver.CUresult.CUDA_ERROR_ECC_UNCORRECTABLE;
import static jcuda.driver.CUresult.CUDA_ERROR_EXTERNAL_DEVICE;
import static jcuda.driver.CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR;
import static jcuda.driver.CUresult.CUDA_ERROR_ILLEGAL_ADDRESS;
import static jcuda.driver.CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_PC;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_PTX;
import static jcuda.driver.CUresult.CUDA_ERROR_LAUNCH_FAILED;
import static jcuda.driver.CUresult.CUDA_ERROR_LAUNCH_TIMEOUT;
import static jcuda.driver.CUresult.CUDA_ERROR_MISALIGNED_ADDRESS;
import static jcuda.driver.CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU;
import static jcuda.driver.CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE;
import static jcuda.driver.CUresult.CUDA_ERROR_OUT_OF_MEMORY;
import static jcuda.driver.CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
import static jcuda.driver.CUresult.CUDA_SUCCESS;

import java.util.Set;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.jgml.core.backend.DeviceException;

/// A call of the driver that failed: the device, the call, the name of its result and the memory.
final class CudaException extends DeviceException {
  /// Results after which every call of the context fails, whatever it is.
  private static final Set<Integer> STICKY =
      Set.of(
          CUDA_ERROR_ECC_UNCORRECTABLE,
          CUDA_ERROR_NVLINK_UNCORRECTABLE,
          CUDA_ERROR_ILLEGAL_ADDRESS,
          CUDA_ERROR_LAUNCH_TIMEOUT,
          CUDA_ERROR_CONTEXT_IS_DESTROYED,
          CUDA_ERROR_ASSERT,
          CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUDA_ERROR_MISALIGNED_ADDRESS,
          CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUDA_ERROR_INVALID_PC,
          CUDA_ERROR_LAUNCH_FAILED,
          CUDA_ERROR_EXTERNAL_DEVICE);

  private final String call;
  private final int code;

  /// @param memory what is known of the memory of the device, as the end of a sentence
  CudaException(String device, String call, int code, String memory) {
    super(
        "%s: %s returned %s (%s)%s. Fix: %s."
            .formatted(device, call, CUresult.stringFor(code), text(code), memory, fix(code)));
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
    return STICKY.contains(code);
  }

  private static String text(int code) {
    String[] text = {""};
    JCudaDriver.cuGetErrorString(code, text);
    return text[0] == null ? "no text" : text[0];
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

  /// Throws unless a call has succeeded that was made before the device was opened.
  static void check(String device, String call, int code) {
    if (code != CUDA_SUCCESS) {
      throw new CudaException(device, call, code, "");
    }
  }
}
