package org.jgml.models.gguf;

import static org.jgml.models.gguf.GgufValueType.FLOAT32;
import static org.jgml.models.gguf.GgufValueType.FLOAT64;
import static org.jgml.models.gguf.GgufValueType.INT16;
import static org.jgml.models.gguf.GgufValueType.INT32;
import static org.jgml.models.gguf.GgufValueType.INT64;
import static org.jgml.models.gguf.GgufValueType.INT8;
import static org.jgml.models.gguf.GgufValueType.STRING;
import static org.jgml.models.gguf.GgufValueType.UINT16;
import static org.jgml.models.gguf.GgufValueType.UINT32;
import static org.jgml.models.gguf.GgufValueType.UINT64;
import static org.jgml.models.gguf.GgufValueType.UINT8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

final class GgufFileTest {
  @TempDir Path folder;

  @Test
  void readsScalarsOfEveryType() throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .put("string", GgufValue.of("Grüße ▁"))
            .put("bool", GgufValue.of(true))
            .put("float32", GgufValue.ofNumber(FLOAT32, 1e-5))
            .put("float64", GgufValue.ofNumber(FLOAT64, 1e-5));
    Map<GgufValueType, Long> integers =
        Map.of(
            UINT8,
            255L,
            INT8,
            -128L,
            UINT16,
            65535L,
            INT16,
            -32768L,
            UINT32,
            4294967295L,
            INT32,
            -2147483648L,
            UINT64,
            Long.MAX_VALUE,
            INT64,
            Long.MIN_VALUE);
    integers.forEach((type, value) -> writer.put(type.name(), GgufValue.ofInteger(type, value)));
    try (GgufFile file = written(writer)) {
      GgufMetadata metadata = file.metadata();
      assertEquals("Grüße ▁", metadata.requireString("string"));
      assertTrue(metadata.requireBool("bool"));
      assertEquals(1e-5f, metadata.requireNumber("float32"));
      assertEquals(1e-5, metadata.requireNumber("float64"));
      for (GgufValueType type : integers.keySet()) {
        assertEquals(integers.get(type), metadata.requireInteger(type.name()));
      }
      assertEquals(255, metadata.requireNumber("UINT8"));
    }
  }

  @Test
  void readsArraysOfEveryKind() throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .put("strings", GgufValue.ofStrings(List.of("", "a", "ü", "long enough")))
            .put("ints", GgufValue.ofIntegers(INT32, 3, -1, 4))
            .put("floats", GgufValue.ofNumbers(FLOAT32, 0.5, -2))
            .put("flags", GgufValue.ofIntegers(GgufValueType.BOOL, 1, 0))
            .put("large", GgufValue.ofIntegers(UINT32, 4294967295L))
            .put("none", GgufValue.ofStrings(List.of()));
    try (GgufFile file = written(writer)) {
      GgufMetadata metadata = file.metadata();
      GgufArray strings = metadata.requireArray("strings", STRING);
      assertEquals("long enough", strings.string(3));
      assertArrayEquals(new String[] {"", "a", "ü", "long enough"}, strings.strings());
      assertArrayEquals(new byte[] {(byte) 0xc3, (byte) 0xbc}, strings.bytes(2));
      assertArrayEquals(new int[] {3, -1, 4}, metadata.requireArray("ints", INT32).ints());
      assertArrayEquals(new float[] {0.5f, -2}, metadata.requireArray("floats").floats());
      assertArrayEquals(new int[] {1, 0}, metadata.requireArray("flags").ints());
      assertArrayEquals(new int[] {Integer.MAX_VALUE}, metadata.requireArray("large").ints());
      assertEquals(4294967295L, metadata.requireArray("large").integer(0));
      assertEquals(0, metadata.requireArray("none", STRING).strings().length);
      assertThrows(IndexOutOfBoundsException.class, () -> strings.string(4));
      assertThrows(IllegalStateException.class, () -> strings.integer(0));
    }
  }

  @Test
  void listsKeysInTheOrderOfTheFile() throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .put("z", GgufValue.of("first"))
            .put("a", GgufValue.of("second"))
            .put("m", GgufValue.ofIntegers(INT32, 1, 2));
    try (GgufFile file = written(writer)) {
      assertEquals(List.of("z", "a", "m"), List.copyOf(file.metadata().keys()));
      assertEquals(
          "{z=\"first\", a=\"second\", m=[2 × INT32]}", Contents.metadata(file).toString());
    }
  }

  @Test
  void opensAVocabularyWithoutAllocatingItsStrings() throws IOException {
    Path path = folder.resolve("vocabulary.gguf");
    List<String> tokens = IntStream.range(0, 150_000).mapToObj(Integer::toString).toList();
    new GgufWriter().put("tokens", GgufValue.ofStrings(tokens)).write(path);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try (GgufFile file = GgufFile.open(path)) {
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(allocated < 1 << 20, () -> allocated + " bytes allocated");
      assertEquals(tokens, List.of(file.metadata().requireArray("tokens", STRING).strings()));
    }
  }

  @Test
  void namesKeyAndTypesWhenMetadataIsNotAsExpected() throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .put("heads", GgufValue.ofInteger(UINT32, 7))
            .put("tokens", GgufValue.ofIntegers(INT32, 1));
    try (GgufFile file = written(writer)) {
      GgufMetadata metadata = file.metadata();
      assertEquals(Optional.empty(), metadata.string("absent"));
      assertEquals(Optional.empty(), metadata.array("absent", STRING));
      assertMessage(
          "made.gguf: key absent: expected an integer, found no such key",
          () -> metadata.requireInteger("absent"));
      assertMessage(
          "made.gguf: key heads: expected a string, found UINT32 7",
          () -> metadata.string("heads"));
      assertMessage(
          "made.gguf: key tokens: expected an array of STRING, found ARRAY of INT32 [1 × INT32]",
          () -> metadata.requireArray("tokens", STRING));
      assertMessage(
          "made.gguf: key heads: expected a divisor of 128, found UINT32 7",
          () -> {
            throw metadata.malformed("heads", "a divisor of 128");
          });
    }
  }

  @Test
  void givesShapesOutermostFirst() throws IOException {
    GgufWriter writer = new GgufWriter();
    addZeros(writer, "matrix", GgufType.Q4_0, Shape.of(3, 64));
    addZeros(writer, "scalar", GgufType.F32, Shape.of());
    addZeros(writer, "experts", GgufType.F16, Shape.of(2, 3, 5));
    try (GgufFile file = written(writer)) {
      GgufTensor matrix = file.requireTensor("matrix");
      assertEquals(TensorType.of(DataType.Q4_0, 3, 64), matrix.tensorType());
      assertEquals("matrix: Q4_0 [3, 64]", matrix.toString());
      assertEquals(3 * 36, matrix.bytes().byteSize());
      assertTrue(matrix.bytes().isReadOnly());
      assertEquals(Shape.of(), file.requireTensor("scalar").shape());
      assertEquals(Shape.of(2, 3, 5), file.requireTensor("experts").shape());
      assertFalse(file.tensor("bias").isPresent());
      assertMessage(
          "made.gguf: tensor bias: expected it, found no tensor of this name",
          () -> file.requireTensor("bias"));
    }
  }

  @Test
  void listsTypesThatItCannotComputeWith() throws IOException {
    GgufWriter writer = new GgufWriter();
    addZeros(writer, "binary", GgufType.Q1_0, Shape.of(2, 256));
    try (GgufFile file = written(writer)) {
      GgufTensor tensor = file.requireTensor("binary");
      assertEquals(4 * 18, tensor.bytes().byteSize());
      GgufException e = assertThrows(GgufException.class, tensor::tensorType);
      assertTrue(e.getMessage().contains("found Q1_0"), e.getMessage());
    }
  }

  @Test
  void placesTensorsAtTheAlignment() throws IOException {
    for (int alignment : new int[] {1, 8, 4096}) {
      GgufWriter writer =
          new GgufWriter().put("general.alignment", GgufValue.ofInteger(UINT32, alignment));
      addZeros(writer, "odd", GgufType.I8, Shape.of(3));
      addZeros(writer, "next", GgufType.F32, Shape.of(2));
      try (GgufFile file = written(writer)) {
        for (GgufTensor tensor : file.tensors()) {
          assertEquals(0, tensor.bytes().address() % alignment);
        }
      }
    }
  }

  @Test
  void endsItsViewsWhenClosed() throws IOException {
    GgufWriter writer = new GgufWriter();
    addZeros(writer, "weight", GgufType.F32, Shape.of(4));
    GgufFile file = written(writer);
    file.close();
    MemorySegment bytes = file.requireTensor("weight").bytes();
    assertThrows(IllegalStateException.class, () -> bytes.get(LittleEndian.BYTE, 0));
  }

  private GgufFile written(GgufWriter writer) throws IOException {
    Path path = folder.resolve("made.gguf");
    writer.write(path);
    return GgufFile.open(path);
  }

  private static void addZeros(GgufWriter writer, String name, GgufType type, Shape shape) {
    MemorySegment zeros = MemorySegment.ofArray(new byte[(int) type.bytes(shape.elements())]);
    writer.add(name, type, shape, TensorSource.of(zeros));
  }

  private static void assertMessage(String message, Executable call) {
    assertEquals(message, assertThrows(GgufException.class, call).getMessage());
  }
}
