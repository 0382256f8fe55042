package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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
