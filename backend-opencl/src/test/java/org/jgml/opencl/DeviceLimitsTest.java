package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// What a device says of itself is read, and its limits are kept.
final class DeviceLimitsTest {
  @Test
  void anExtensionMayBeNamedTwice() {
    assertEquals(
        Set.of("cl_khr_fp16", "cl_khr_fp64"),
        DeviceProfile.names(" cl_khr_fp64 cl_khr_fp16  cl_khr_fp64 "));
  }

  @Test
  void groupsAreNoLargerThanTheDeviceTakes() {
    assertEquals(8, Tuning.of(TestDevice.profile(8)).elementItems());
  }

  /// PoCL can be told to take less than the tuning asks for.
  @Test
  void groupsAreNoLargerThanAKernelTakes() throws IOException, InterruptedException {
    try (OpenClDevice device = TestDevice.open()) {
      Assumptions.assumeTrue(device.facts().get("platform").startsWith("Portable"), "no PoCL");
    }
    Process process = new ProcessBuilder(command()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    assertTrue(output.endsWith("-18.0\n"), output);
  }

  private static List<String> command() {
    return List.of(
        "env",
        "POCL_MAX_WORK_GROUP_SIZE=4",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        Negate.class.getName());
  }

  /// Runs a kernel in larger groups than there are.
  static final class Negate {
    private Negate() {}

    public static void main(String... arguments) {
      Tuning large = new Tuning(8, 64, 1, 1, 8, false);
      try (OpenClDevice any = TestDevice.open();
          OpenClDevice device = any.tuned(large)) {
        System.out.println(UnaryRun.lastNegated(device));
      }
    }
  }
}
