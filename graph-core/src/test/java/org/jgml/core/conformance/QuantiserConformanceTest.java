package org.jgml.core.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.backend.Verdict;
import org.jgml.core.format.Format;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Casts to blocks of a device of a backend have the very bytes that the quantisers of the core
/// make, where [BackendConformanceTest] asks for equal values.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class QuantiserConformanceTest {
  private static final int LENGTH = 512;

  /// What values of two rows are multiplied with: nothing, and up to beyond the ends of halves.
  private static final float[] SIZES = {1, 0, 1e-30f, 1e-6f, 3000, 1e9f};

  /// A device to test.
  protected abstract Device open();

  private static Stream<DataType> types() {
    return Arrays.stream(DataType.values())
        .filter(type -> type.isQuantised() && Format.of(type).canQuantise());
  }

  @ParameterizedTest
  @MethodSource("types")
  final void blocksHaveTheBytesOfTheCore(DataType type) {
    float[] values = values(new SplittableRandom(BackendConformanceTest.SEED));
    byte[] wanted = new byte[(int) type.bytes(values.length)];
    Format.of(type).quantise(values, 0, MemorySegment.ofArray(wanted), 0, values.length);
    assertArrayEquals(wanted, cast(type, values), () -> "seed " + BackendConformanceTest.SEED);
  }

  /// Rows of numbers of both signs and of one.
  private static float[] values(SplittableRandom random) {
    float[] values = new float[2 * SIZES.length * LENGTH];
    for (int i = 0; i < values.length; i++) {
      int row = i / LENGTH;
      double lowest = row % 2 == 0 ? -1 : 0;
      values[i] = (float) (SIZES[row / 2] * random.nextDouble(lowest, 1));
    }
    return values;
  }

  private byte[] cast(DataType type, float... values) {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, values.length / LENGTH, LENGTH);
    Node y = g.cast(x, type);
    byte[] bytes = new byte[(int) y.type().bytes()];
    try (Device device = open()) {
      Verdict verdict = device.supports(y);
      Assumptions.assumeTrue(verdict.supported(), verdict::reason);
      run(device, x, y, MemorySegment.ofArray(values), MemorySegment.ofArray(bytes));
    }
    return bytes;
  }

  private static void run(
      Device device, Node x, Node y, MemorySegment values, MemorySegment bytes) {
    long at = values.byteSize();
    try (Buffer buffer = device.allocate(at + bytes.byteSize());
        Executable executable = device.compile(segment(x, y, buffer, at))) {
      buffer.upload(0, values);
      executable.run();
      buffer.download(at, bytes);
    }
  }

  private static Segment segment(Node x, Node y, Buffer buffer, long at) {
    Tensor from = Tensor.dense(x.type(), buffer, 0);
    Tensor to = Tensor.dense(y.type(), buffer, at);
    return new Segment(List.of(new Step(y, List.of(from), to)));
  }
}
