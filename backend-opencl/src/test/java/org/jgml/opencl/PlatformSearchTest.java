package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.DeviceOptions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is discovered by a process of its own that sees only the drivers of a folder.
final class PlatformSearchTest {
  private static final Path BROKEN = Path.of("src/test/c/broken_platform.c").toAbsolutePath();
  private static final Path USUAL = Path.of("/etc/OpenCL/vendors");

  @TempDir private Path drivers;

  @Test
  void withoutAPlatformThereIsNoDeviceButARemark() throws IOException, InterruptedException {
    String output = discover();
    assertTrue(output.startsWith("0 devices\nopencl: no platform is installed. Fix: "), output);
  }

  @Test
  void aPlatformThatFailsIsNamedAndHidesNoOther() throws IOException, InterruptedException {
    Path library = drivers.resolve("libbroken.so");
    compile(library);
    Files.writeString(drivers.resolve("0.icd"), library + "\n");
    String alone = discover();
    assertTrue(alone.contains("(Broken Platform) is left out: clGetDeviceIDs returned"), alone);
    assertTrue(alone.contains("CL_OUT_OF_HOST_MEMORY. Fix: reinstall its driver"), alone);

    addDriversOfThisMachine();
    String beside = discover();
    assertTrue(beside.contains("(Broken Platform) is left out"), beside);
    assertTrue(beside.matches("(?s)[1-9]\\d* devices\n.*"), beside);
  }

  @Test
  void aDriverThatCannotBeLoadedIsNamed() throws IOException, InterruptedException {
    Path library = Files.writeString(drivers.resolve("libdamaged.so"), "no library");
    Path file = Files.writeString(drivers.resolve("1.icd"), library.toString());
    String output = discover();
    String problem = "opencl: %s registers %s, which cannot be loaded. Fix: ";
    assertTrue(output.contains(problem.formatted(file, library)), output);
  }

  private static void compile(Path library) throws InterruptedException {
    try {
      Process compiler =
          new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), BROKEN.toString())
              .inheritIO()
              .start();
      assertTrue(compiler.waitFor() == 0, "cc refuses " + BROKEN);
    } catch (IOException e) {
      Assumptions.abort("no C compiler: " + e.getMessage());
    }
  }

  private void addDriversOfThisMachine() throws IOException {
    Assumptions.assumeTrue(Files.isDirectory(USUAL), "no OpenCL driver is registered");
    try (Stream<Path> files = Files.list(USUAL)) {
      List<Path> usual = files.toList();
      Assumptions.assumeFalse(usual.isEmpty(), "no OpenCL driver is registered");
      for (Path file : usual) {
        Files.copy(file, drivers.resolve("other-" + file.getFileName()));
      }
    }
  }

  private String discover() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Discover.class.getName()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("OCL_ICD_VENDORS", drivers.toString());
    builder.environment().put("OPENCL_VENDOR_PATH", drivers.toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
    return output;
  }

  /// Says what is discovered.
  static final class Discover {
    private Discover() {}

    public static void main(String... arguments) {
      BackendProvider.Discovery found =
          new OpenClBackendProvider().discover(DeviceOptions.defaults());
      System.out.println(found.devices().size() + found.onlyByName().size() + " devices");
      found.remarks().forEach(System.out::println);
      found.absent().forEach(System.out::println);
    }
  }
}
