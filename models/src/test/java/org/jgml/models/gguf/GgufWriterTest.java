package org.jgml.models.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jgml.core.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GgufWriterTest {
  private static final TensorSource NOTHING = channel -> {};

  @TempDir Path folder;

  @Test
  void writesAnEmptyFileOfVersion3() throws IOException {
    Path path = folder.resolve("empty.gguf");
    new GgufWriter().write(path);
    byte[] expected = ByteBuffer.allocate(24).put("GGUF\3".getBytes()).array();
    assertArrayEquals(expected, Files.readAllBytes(path));
    try (GgufFile file = GgufFile.open(path)) {
      assertEquals(3, file.version());
      assertTrue(file.tensors().isEmpty());
    }
  }

  @Test
  void streamsTensorsThatTheSourceWritesInParts() throws IOException {
    Path path = folder.resolve("streamed.gguf");
    int rows = 1000;
    new GgufWriter()
        .add(
            "rows",
            GgufType.I8,
            Shape.of(rows, 100),
            channel -> {
              for (int row = 0; row < rows; row++) {
                byte[] bytes = new byte[100];
                bytes[0] = (byte) row;
                channel.write(ByteBuffer.wrap(bytes));
              }
            })
        .add("large", GgufType.I8, Shape.of(1 << 20), TensorSource.of(segment(1 << 20)))
        .write(path);
    try (GgufFile file = GgufFile.open(path)) {
      MemorySegment bytes = file.requireTensor("rows").bytes();
      for (int row = 0; row < rows; row++) {
        assertEquals((byte) row, bytes.get(LittleEndian.BYTE, row * 100L));
      }
      assertEquals(-1, file.requireTensor("large").bytes().mismatch(segment(1 << 20)));
    }
  }

  @Test
  void leavesNothingBehindWhenASourceFails() throws IOException {
    Path path = folder.resolve("failed.gguf");
    GgufWriter writer = new GgufWriter().add("short", GgufType.F32, Shape.of(4), NOTHING);
    IOException e = assertThrows(IOException.class, () -> writer.write(path));
    assertEquals("tensor short: expected 16 bytes, its source gave 0", e.getMessage());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void replacesAFileThatIsOpen() throws IOException {
    Path path = folder.resolve("model.gguf");
    new GgufWriter().put("name", GgufValue.of("old")).write(path);
    try (GgufFile old = GgufFile.open(path)) {
      new GgufWriter().put("name", GgufValue.of("a longer name")).write(path);
      assertEquals("old", old.metadata().requireString("name"));
    }
  }

  @Test
  void refusesWhatTheFormatCannotHold() {
    GgufWriter writer = new GgufWriter().add("there", GgufType.F32, Shape.of(1), NOTHING);
    assertRefused(() -> writer.put("", GgufValue.of("value")));
    assertRefused(() -> writer.put("general.alignment", GgufValue.of("32")));
    assertRefused(() -> writer.add("there", GgufType.F32, Shape.of(1), NOTHING));
    assertRefused(() -> writer.add("x".repeat(64), GgufType.F32, Shape.of(1), NOTHING));
    assertRefused(() -> writer.add("axes", GgufType.F32, Shape.of(1, 1, 1, 1, 1), NOTHING));
    assertRefused(() -> writer.add("none", GgufType.F32, Shape.of(0), NOTHING));
    assertRefused(() -> writer.add("part", GgufType.Q4_0, Shape.of(2, 31), NOTHING));
    assertRefused(() -> GgufValue.ofInteger(GgufValueType.UINT8, 256));
    assertRefused(() -> GgufValue.ofInteger(GgufValueType.UINT32, -1));
    assertRefused(() -> GgufValue.ofInteger(GgufValueType.FLOAT32, 1));
    assertRefused(() -> GgufValue.ofNumber(GgufValueType.INT32, 1));
  }

  private static void assertRefused(org.junit.jupiter.api.function.Executable call) {
    assertThrows(IllegalArgumentException.class, call);
  }

  private static MemorySegment segment(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    return MemorySegment.ofArray(bytes);
  }
}
