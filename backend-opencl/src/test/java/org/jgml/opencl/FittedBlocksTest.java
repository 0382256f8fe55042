package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.backend.Verdict;
import org.jgml.core.format.Format;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Blocks whose scales are searched for have the bytes that the core's quantisers give them.
final class FittedBlocksTest {
  private static final int LENGTH = 512;

  static Stream<DataType> types() {
    return Arrays.stream(DataType.values()).filter(type -> FittedBlocks.of(type).isPresent());
  }

  @ParameterizedTest
  @MethodSource("types")
  void haveTheBytesOfTheCore(DataType type) {
    float[] values = values(new SplittableRandom(5));
    byte[] wanted = new byte[(int) type.bytes(values.length)];
    Format.of(type).quantise(values, 0, MemorySegment.ofArray(wanted), 0, values.length);
    assertArrayEquals(wanted, cast(type, values));
  }

  /// Rows of one sign, of both, of zeros, with one large number, and of numbers near the ends of
  /// what halves can be.
  private static float[] values(SplittableRandom random) {
    float[] sizes = {1, 0, 1e-30f, 1e-6f, 3000, 1e9f};
    float[] values = new float[2 * sizes.length * LENGTH];
    for (int i = 0; i < values.length; i++) {
      int row = i / LENGTH;
      double lowest = row % 2 == 0 ? -1 : 0;
      values[i] = (float) (sizes[row / 2] * random.nextDouble(lowest, 1));
    }
    values[7] = -40;
    return values;
  }

  private static byte[] cast(DataType type, float... values) {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, values.length / LENGTH, LENGTH);
    Node y = g.cast(x, type);
    byte[] bytes = new byte[(int) y.type().bytes()];
    long at = x.type().bytes();
    try (OpenClDevice device = TestDevice.open();
        Buffer buffer = device.allocate(at + bytes.length);
        Executable executable =
            device.compile(
                new Segment(
                    List.of(
                        new Step(
                            y,
                            List.of(Tensor.dense(x.type(), buffer, 0)),
                            Tensor.dense(y.type(), buffer, at)))))) {
      buffer.upload(0, MemorySegment.ofArray(values));
      executable.run();
      buffer.download(at, MemorySegment.ofArray(bytes));
      return bytes;
    }
  }

  @Test
  void needDoublePrecision() {
    GraphBuilder g = new GraphBuilder();
    Node y = g.cast(g.input("x", DataType.F32, 2, 256), DataType.Q4_K);
    assertEquals(
        Verdict.no("no double precision (cl_khr_fp64), which writing Q4_K takes"),
        OpenClKernels.supports(y, false));
    assertEquals(Verdict.YES, OpenClKernels.supports(y, true));
  }
}
