package org.jgml.opencl;

import org.jgml.core.backend.DeviceException;
import org.jocl.CL;

/// An OpenCL call that failed: the device, the call and the name of its error code.
final class OpenClException extends DeviceException {
  private final String call;
  private final int code;

  OpenClException(String device, String call, int code) {
    super("%s: %s returned %s. Fix: %s.".formatted(device, call, name(code), fix(code)));
    this.call = call;
    this.code = code;
  }

  /// The function of the OpenCL interface.
  String call() {
    return call;
  }

  /// The error code of the OpenCL interface.
  int code() {
    return code;
  }

  /// The name of the error code.
  String codeName() {
    return name(code);
  }

  private static String name(int code) {
    return CL.stringFor_errorCode(code);
  }

  private static String fix(int code) {
    return switch (code) {
      case CL.CL_MEM_OBJECT_ALLOCATION_FAILURE, CL.CL_OUT_OF_RESOURCES, CL.CL_OUT_OF_HOST_MEMORY ->
          "use a shorter context (-c), fewer layers on this device (-ngl) or a smaller model";
      case CL.CL_DEVICE_NOT_AVAILABLE, CL.CL_INVALID_COMMAND_QUEUE, CL.CL_INVALID_CONTEXT ->
          "the device is lost; open it again, or use another one (--device)";
      default -> "report this with the output of `jgml devices`, or use another device (--device)";
    };
  }

  /// Throws unless a call has succeeded.
  static void check(String device, String call, int code) {
    if (code != CL.CL_SUCCESS) {
      throw new OpenClException(device, call, code);
    }
  }
}
