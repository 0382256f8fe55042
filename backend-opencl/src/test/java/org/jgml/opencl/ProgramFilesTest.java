package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jgml.core.tensor.DataType;
import org.jocl.CL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProgramFilesTest {
  private static final byte[] BINARY = {1, 2, 3};

  @TempDir private Path directory;

  @Test
  void aBinaryIsFoundByDeviceAndSource() {
    new ProgramFiles(directory, "device").write("source", BINARY);
    ProgramFiles again = new ProgramFiles(directory, "device");
    assertArrayEquals(BINARY, again.read("source").orElseThrow());
    assertEquals(Optional.empty(), again.read("other source"));
    assertEquals(Optional.empty(), new ProgramFiles(directory, "other driver").read("source"));
    assertNotEquals(again.file("source"), again.file("other source"));
  }

  @Test
  void aProgramIsBuiltFromItsBinary() throws IOException {
    try (OpenClDevice device = TestDevice.open()) {
      ProgramSource source = ElementwiseKernels.functions(DataType.F16);
      ProgramFiles files = new ProgramFiles(directory, "device");
      for (int start = 0; start < 2; start++) {
        try (Programs programs = device.programs(Optional.of(files))) {
          CL.clReleaseKernel(programs.kernel(source, "unary"));
        }
        assertTrue(files.read(source.text()).isPresent());
      }
      // A binary that the driver does not take is built anew.
      files.write(source.text(), BINARY);
      try (Programs programs = device.programs(Optional.of(files))) {
        CL.clReleaseKernel(programs.kernel(source, "unary"));
      }
      assertTrue(files.read(source.text()).orElseThrow().length > BINARY.length);
    }
  }

  @Test
  void aDamagedBinaryIsAsGoodAsNone() throws IOException {
    ProgramFiles files = new ProgramFiles(directory, "device");
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
  void aFolderThatCannotBeWrittenIsNoError() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    ProgramFiles files = new ProgramFiles(file.resolve("folder"), "device");
    files.write("source", BINARY);
    assertEquals(Optional.empty(), files.read("source"));
  }
}
