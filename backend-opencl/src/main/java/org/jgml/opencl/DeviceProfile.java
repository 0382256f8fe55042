package org.jgml.opencl;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/// What an OpenCL device says of itself.
///
/// @param version version of its platform, which names the implementation
/// @param isCpu whether it computes on the host's own processors and memory
/// @param memoryBytes memory that it can address in all
/// @param largestBufferBytes bytes that one buffer may have
record DeviceProfile(
    String platform,
    String version,
    String name,
    String driver,
    boolean isCpu,
    long computeUnits,
    long memoryBytes,
    long largestBufferBytes,
    long localBytes,
    long workGroupItems) {

  static DeviceProfile of(cl_platform_id platform, cl_device_id device) {
    long type = number(device, CL.CL_DEVICE_TYPE);
    return new DeviceProfile(
        text(platform, CL.CL_PLATFORM_NAME),
        text(platform, CL.CL_PLATFORM_VERSION),
        text(device, CL.CL_DEVICE_NAME),
        text(device, CL.CL_DRIVER_VERSION),
        (type & CL.CL_DEVICE_TYPE_CPU) != 0,
        number(device, CL.CL_DEVICE_MAX_COMPUTE_UNITS) & 0xffff_ffffL,
        number(device, CL.CL_DEVICE_GLOBAL_MEM_SIZE),
        number(device, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        number(device, CL.CL_DEVICE_LOCAL_MEM_SIZE),
        number(device, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE));
  }

  /// What a program that was built for this device depends on.
  String identity() {
    return String.join("\n", platform, version, name, driver);
  }

  /// Whether the driver keeps what it built on disk itself. PoCL does, and compiles every kernel a
  /// second time for a binary that it gives out.
  boolean keepsPrograms() {
    return platform.equals("Portable Computing Language");
  }

  /// Facts for people.
  Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("device", name);
    facts.put("platform", platform + ", " + version);
    facts.put("compute units", Long.toString(computeUnits));
    facts.put("memory", "%,d MiB".formatted(memoryBytes >> 20));
    facts.put("largest buffer", "%,d MiB".formatted(largestBufferBytes >> 20));
    facts.put("local memory", "%,d KiB".formatted(localBytes >> 10));
    return facts;
  }

  private static long number(cl_device_id device, int what) {
    long[] value = {0};
    int code = CL.clGetDeviceInfo(device, what, Long.BYTES, Pointer.to(value), null);
    OpenClException.check("opencl", "clGetDeviceInfo", code);
    return value[0];
  }

  private static String text(cl_device_id device, int what) {
    long[] bytes = {0};
    OpenClException.check(
        "opencl", "clGetDeviceInfo", CL.clGetDeviceInfo(device, what, 0, null, bytes));
    byte[] text = new byte[(int) bytes[0]];
    OpenClException.check(
        "opencl",
        "clGetDeviceInfo",
        CL.clGetDeviceInfo(device, what, text.length, Pointer.to(text), null));
    return string(text);
  }

  private static String text(cl_platform_id platform, int what) {
    long[] bytes = {0};
    OpenClException.check(
        "opencl", "clGetPlatformInfo", CL.clGetPlatformInfo(platform, what, 0, null, bytes));
    byte[] text = new byte[(int) bytes[0]];
    OpenClException.check(
        "opencl",
        "clGetPlatformInfo",
        CL.clGetPlatformInfo(platform, what, text.length, Pointer.to(text), null));
    return string(text);
  }

  /// The text before the zero that ends it.
  private static String string(byte... bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8).strip();
  }
}
