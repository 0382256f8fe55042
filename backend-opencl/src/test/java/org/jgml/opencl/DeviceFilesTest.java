package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jgml.core.foreign.DeviceFiles;
import org.jgml.core.tensor.DataType;
import org.jocl.CL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeviceFilesTest {
  private static final byte[] BINARY = {1, 2, 3};

  @TempDir private Path directory;

  @Test
  void aBinaryIsFoundByDeviceAndSource() {
    new DeviceFiles(directory, "device").write("source", BINARY);
    DeviceFiles again = new DeviceFiles(directory, "device");
    assertArrayEquals(BINARY, again.read("source").orElseThrow());
    assertEquals(Optional.empty(), again.read("other source"));
    assertEquals(Optional.empty(), new DeviceFiles(directory, "other driver").read("source"));
    assertNotEquals(again.file("source"), again.file("other source"));
  }

  @Test
  void aProgramIsBuiltFromItsBinary() throws IOException {
    try (OpenClDevice device = TestDevice.open()) {
      ProgramSource source = ElementwiseKernels.functions(DataType.F16);
      DeviceFiles files = new DeviceFiles(directory, "device");
      String key = "";
      for (int start = 0; start < 2; start++) {
        try (Programs programs = device.programs(Optional.of(files), 8)) {
          CL.clReleaseKernel(programs.kernel(source, "unary"));
          key = programs.key(source);
        }
        assertTrue(files.read(key).isPresent());
      }
      // A binary that the driver does not take is built anew.
      files.write(key, BINARY);
      try (Programs programs = device.programs(Optional.of(files), 8)) {
        CL.clReleaseKernel(programs.kernel(source, "unary"));
      }
      assertTrue(files.read(key).orElseThrow().length > BINARY.length);
    }
  }

  @Test
  void aDamagedBinaryIsAsGoodAsNone() throws IOException {
    DeviceFiles files = new DeviceFiles(directory, "device");
    files.write("source", BINARY);
    Path file = files.file("source");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertEquals(Optional.empty(), files.read("source"));
    Files.write(file, new byte[5]);
    assertEquals(Optional.empty(), files.read("source"));
  }

  @Test
  void aTuningThatWasMeasuredIsKeptAndMeasuredAnewWhereItsFileIsDamaged() throws IOException {
    try (OpenClDevice device = TestDevice.open()) {
      DeviceFiles files = new DeviceFiles(directory, "device");
      Tuning before = new Tuning(4, 2, 1, 1, 3, true);
      files.write(TuningSearch.key(), before.text().getBytes(StandardCharsets.US_ASCII));
      assertEquals(before, device.tuning(files));
      Files.write(files.file(TuningSearch.key()), new byte[40]);
      Tuning measured = device.tuning(files);
      assertNotEquals(before, measured);
      assertEquals(measured.text(), new String(files.read(TuningSearch.key()).orElseThrow()));
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNoError() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    DeviceFiles files = new DeviceFiles(file.resolve("folder"), "device");
    files.write("source", BINARY);
    assertEquals(Optional.empty(), files.read("source"));
  }
}
