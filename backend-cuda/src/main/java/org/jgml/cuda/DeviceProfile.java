package org.jgml.cuda;

import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CAN_USE_64_BIT_STREAM_MEM_OPS;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;

/// What the driver says of a device.
///
/// @param major first number of the compute capability
/// @param minor second number of the compute capability
/// @param sharedBytes shared memory that one block can have
/// @param waitsForNumbers whether streams write and wait for numbers in host memory
record DeviceProfile(
    int ordinal,
    String model,
    int major,
    int minor,
    int multiprocessors,
    int sharedBytes,
    boolean waitsForNumbers) {
  /// What the PTX of most kernels is made for.
  static final String LEAST_CAPABILITY = "7.5";

  /// From here on tensor cores take the shapes that `matmul_mma.cu` asks for.
  private static final int TENSOR_MAJOR = 8;

  private static final int NAME_BYTES = 256;

  static DeviceProfile of(String device, int ordinal) {
    CUdevice handle = handle(device, ordinal);
    byte[] name = new byte[NAME_BYTES];
    CudaException.check(
        device, "cuDeviceGetName", JCudaDriver.cuDeviceGetName(name, name.length, handle));
    return new DeviceProfile(
        ordinal,
        new String(name, StandardCharsets.UTF_8).replace("\0", ""),
        attribute(device, handle, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(device, handle, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        attribute(device, handle, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        attribute(device, handle, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
        attribute(device, handle, CU_DEVICE_ATTRIBUTE_CAN_USE_64_BIT_STREAM_MEM_OPS) == 1);
  }

  static CUdevice handle(String device, int ordinal) {
    CUdevice handle = new CUdevice();
    CudaException.check(device, "cuDeviceGet", JCudaDriver.cuDeviceGet(handle, ordinal));
    return handle;
  }

  private static int attribute(String device, CUdevice handle, int attribute) {
    int[] value = {0};
    CudaException.check(
        device, "cuDeviceGetAttribute", JCudaDriver.cuDeviceGetAttribute(value, attribute, handle));
    return value[0];
  }

  String capability() {
    return major + "." + minor;
  }

  /// The capability as one number, such as 75.
  int number() {
    return 10 * major + minor;
  }

  boolean isSupported() {
    return number() >= 75;
  }

  boolean hasTensorCores() {
    return major >= TENSOR_MAJOR;
  }

  /// The CUDA that the driver is of, such as 12040 for 12.4.
  static int driverVersion() {
    int[] version = {0};
    JCudaDriver.cuDriverGetVersion(version);
    return version[0];
  }

  Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("model", model);
    facts.put("compute capability", capability());
    facts.put("multiprocessors", Integer.toString(multiprocessors));
    facts.put("shared memory of a block", sharedBytes / 1024 + " KiB");
    int version = driverVersion();
    facts.put("driver", "CUDA %d.%d".formatted(version / 1000, version % 1000 / 10));
    return facts;
  }
}
