package org.jgml.opencl;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/// What an OpenCL device says of itself.
///
/// @param implementation version of its platform, which names the implementation
/// @param isCpu whether it computes on the host's own processors and memory
/// @param memoryBytes memory that it can address in all
/// @param largestBufferBytes bytes that one buffer may have
/// @param subgroups subgroups that a work-group may have; 0 if there are none
/// @param version first number of its version of OpenCL
/// @param extensions their names
record DeviceProfile(
    String platform,
    String implementation,
    String name,
    String driver,
    boolean isCpu,
    long computeUnits,
    long memoryBytes,
    long largestBufferBytes,
    long localBytes,
    long workGroupItems,
    long subgroups,
    int version,
    Set<String> extensions) {
  /// CL_DEVICE_MAX_NUM_SUB_GROUPS, which is not in OpenCL 1.2.
  private static final int MAX_SUBGROUPS = 0x105C;

  static DeviceProfile of(cl_platform_id platform, cl_device_id device) {
    long type = number(device, CL.CL_DEVICE_TYPE);
    return new DeviceProfile(
        name(platform),
        text(platform, CL.CL_PLATFORM_VERSION),
        text(device, CL.CL_DEVICE_NAME),
        text(device, CL.CL_DRIVER_VERSION),
        (type & CL.CL_DEVICE_TYPE_CPU) != 0,
        number(device, CL.CL_DEVICE_MAX_COMPUTE_UNITS) & 0xffff_ffffL,
        number(device, CL.CL_DEVICE_GLOBAL_MEM_SIZE),
        number(device, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        number(device, CL.CL_DEVICE_LOCAL_MEM_SIZE),
        number(device, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE),
        numberOrNone(device, MAX_SUBGROUPS),
        version(text(device, CL.CL_DEVICE_VERSION)),
        names(text(device, CL.CL_DEVICE_EXTENSIONS)));
  }

  /// The names in a list, in which some drivers have one twice.
  static Set<String> names(String list) {
    return Set.copyOf(List.of(list.strip().split("\\s+")));
  }

  /// Options of a program: the language, and what the device has instructions for.
  ///
  /// @param sharesRows whether work-items share rows, which subgroups are used for
  String buildOptions(boolean sharesRows) {
    String halves = extensions.contains("cl_khr_fp16") ? " -DHALVES" : "";
    if (sharesRows && subgroups > 0 && version >= 3) {
      return "-cl-std=CL3.0 -DSUBGROUPS" + halves;
    }
    boolean isExtended = extensions.contains("cl_khr_subgroups") && version == 2;
    return (sharesRows && isExtended ? "-cl-std=CL2.0 -DSUBGROUPS" : "-cl-std=CL1.2") + halves;
  }

  /// Whether it has instructions for dot products of four bytes.
  boolean hasDotProducts() {
    return extensions.contains("cl_khr_integer_dot_product");
  }

  /// Whether it computes in double precision.
  boolean hasDoubles() {
    return extensions.contains("cl_khr_fp64");
  }

  /// What a program that was built for this device depends on.
  String identity() {
    return String.join("\n", platform, implementation, name, driver);
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
    facts.put("platform", platform + ", " + implementation);
    facts.put("compute units", Long.toString(computeUnits));
    facts.put("memory", "%,d MiB".formatted(memoryBytes >> 20));
    facts.put("largest buffer", "%,d MiB".formatted(largestBufferBytes >> 20));
    facts.put("instructions", instructions());
    facts.put("local memory", "%,d KiB".formatted(localBytes >> 10));
    return facts;
  }

  private String instructions() {
    String halves = extensions.contains("cl_khr_fp16") ? "halves" : "no halves";
    return halves
        + (subgroups > 0 ? ", subgroups" : ", no subgroups")
        + (hasDoubles() ? ", doubles" : ", no doubles")
        + (hasDotProducts() ? ", dot products of bytes" : ", no dot products of bytes");
  }

  /// The 3 of `OpenCL 3.0 …`.
  private static int version(String text) {
    return Character.digit(text.charAt("OpenCL ".length()), 10);
  }

  /// 0 if the device does not know the question.
  private static long numberOrNone(cl_device_id device, int what) {
    long[] value = {0};
    CL.clGetDeviceInfo(device, what, Long.BYTES, Pointer.to(value), null);
    return value[0] & 0xffff_ffffL;
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

  /// The name of a platform.
  static String name(cl_platform_id platform) {
    return text(platform, CL.CL_PLATFORM_NAME);
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
