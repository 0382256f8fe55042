package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.format.Format;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.op.Input;
import org.jgml.core.op.Op;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Attention on tensor cores is near that in F32.
final class TensorAttentionTest {
  private static final double MOST_ERROR = 1e-6;
  private static final int HEADS = 4;
  private static final int KEY_HEADS = 2;

  /// A value of an operand.
  private record Operand(TensorType type, MemorySegment bytes) {}

  private static Operand floats(int seed, double size, DataType type, long... dims) {
    TensorType tensor = TensorType.of(type, dims);
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[(int) tensor.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-size, size);
    }
    byte[] bytes = new byte[(int) tensor.bytes()];
    Format.of(type).quantise(values, 0, MemorySegment.ofArray(bytes), 0, values.length);
    return new Operand(tensor, MemorySegment.ofArray(bytes));
  }

  private static Operand integers(int... values) {
    return new Operand(TensorType.of(DataType.I32, values.length), MemorySegment.ofArray(values));
  }

  private static int[] countFrom(int first, int count, int step) {
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = first + step * i;
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "70, 150, 80, F16",
    "70, 150, 128, Q8_0",
    "66, 70, 72, F16",
    "66, 80, 100, F16",
    "33, 130, 256, F16",
    "33, 70, 192, Q8_0",
    "1, 150, 128, F16",
    "1, 600, 64, Q8_0",
    "3, 700, 128, Q4_0",
    "9, 80, 256, F16",
    "32, 1100, 64, F16"
  })
  void prefillIsNearThatInFloats(int tokens, int rows, int size, DataType type) {
    Attention op = new Attention(0.11f, 30, 0, AttentionMask.causal(), false);
    List<Operand> operands =
        List.of(
            floats(5, 3, DataType.F32, tokens, HEADS, size),
            floats(6, 2, type, rows, KEY_HEADS, size),
            floats(7, 2, type, rows, KEY_HEADS, size),
            integers(countFrom(rows - tokens, tokens, 1)));
    assertNear(op, operands);
  }

  /// Heads share one key head, as rows that keys and values of all heads are made of.
  @ParameterizedTest
  @CsvSource({
    "1, 16, 576, 512, 150, F16",
    "3, 16, 576, 512, 330, F16",
    "1, 7, 576, 512, 70, Q8_0",
    "5, 20, 512, 512, 70, Q8_0",
    "2, 4, 260, 130, 200, F16",
    "2, 40, 320, 256, 64, Q4_0"
  })
  void longHeadsAreNearThoseInFloats(
      int tokens, int heads, int size, int valueSize, int rows, DataType type) {
    Attention op = new Attention(0.05f, 30, 0, AttentionMask.causal(), false);
    List<Operand> operands =
        List.of(
            floats(5, 3, DataType.F32, tokens, heads, size),
            floats(6, 2, type, rows, 1, size),
            floats(7, 2, type, rows, 1, valueSize),
            integers(countFrom(rows - tokens, tokens, 1)));
    assertNear(op, operands);
  }

  @ParameterizedTest
  @CsvSource({"40, 128, F16, 16", "33, 64, Q8_0, 8", "1, 128, F16, 16", "2, 96, Q8_0, 32"})
  void blocksOfATableAreReadWhereTheyLie(int tokens, int size, DataType type, int blockRows) {
    AttentionPartial op = new AttentionPartial(0.12f, 0, blockRows);
    int rows = 12 * blockRows;
    List<Operand> operands =
        List.of(
            floats(5, 3, DataType.F32, tokens, HEADS, size),
            floats(6, 2, type, rows, KEY_HEADS, size),
            floats(7, 2, type, rows, KEY_HEADS, size),
            integers(countFrom(0, tokens, 1)),
            integers(countFrom(5, tokens, 2)),
            integers(7, 3, 11, 0, 5, 2, 9));
    assertNear(op, operands);
  }

  @ParameterizedTest
  @CsvSource({"40, 80, 64, F32", "2, 70, 128, F16"})
  void masksAreAddedWithTheSlopesOfHeads(int tokens, int rows, int size, DataType type) {
    Attention op = new Attention(0.12f, 0, 8, AttentionMask.explicit(), true);
    List<Operand> operands =
        List.of(
            floats(5, 3, DataType.F32, tokens, HEADS, size),
            floats(6, 2, DataType.F16, rows, KEY_HEADS, size),
            floats(7, 2, DataType.F16, rows, KEY_HEADS, size),
            floats(8, 4, type, tokens, rows),
            floats(9, 4, DataType.F32, HEADS));
    assertNear(op, operands);
  }

  /// Large logits, which tell halves of queries apart; from 257 tokens on they are single ones.
  @ParameterizedTest
  @CsvSource({
    "1, 150, 128, true",
    "70, 150, 128, true",
    "256, 256, 64, true",
    "257, 257, 64, false",
    "3, 70, 256, true",
    "70, 150, 256, false"
  })
  void queriesOfFewTokensAreTwoHalves(int tokens, int rows, int size, boolean areTwo) {
    Attention op = new Attention(1.1f, 0, 0, AttentionMask.causal(), false);
    List<Operand> operands =
        List.of(
            floats(5, 3, DataType.F32, tokens, HEADS, size),
            floats(6, 2, DataType.F16, rows, KEY_HEADS, size),
            floats(7, 2, DataType.F16, rows, KEY_HEADS, size),
            integers(countFrom(rows - tokens, tokens, 1)));
    double error = error(op, operands);
    assertEquals(areTwo, error < 1e-7, "NMSE " + error);
  }

  private static void assertNear(Op.Compute op, List<Operand> operands) {
    double error = error(op, operands);
    assertTrue(error < MOST_ERROR, "NMSE " + error);
  }

  /// Between both ways.
  private static double error(Op.Compute op, List<Operand> operands) {
    float[] exact = run(Products.EXACT, op, operands);
    float[] rounded = run(Products.TENSOR, op, operands);
    double error = 0;
    double square = 0;
    for (int i = 0; i < exact.length; i++) {
      if (exact[i] != rounded[i]) {
        error += Math.pow(exact[i] - rounded[i], 2);
      }
      square += Float.isInfinite(exact[i]) ? 0 : Math.pow(exact[i], 2);
    }
    assertTrue(error > 0, "both ways took the same kernel");
    return error / square;
  }

  private static float[] run(Products products, Op.Compute op, List<Operand> operands) {
    GraphBuilder g = new GraphBuilder();
    Node[] inputs =
        operands.stream().map(each -> g.apply(new Input(each.type))).toArray(Node[]::new);
    Node node = g.apply(op, inputs);
    float[] result = new float[(int) node.type().shape().elements()];
    List<Buffer> buffers = new ArrayList<>();
    try (CudaDevice device = Emulation.open(Emulation.options(products));
        Buffer y = device.allocate(node.type().bytes())) {
      List<Tensor> tensors = new ArrayList<>();
      for (Operand each : operands) {
        Buffer buffer = device.load(each.bytes);
        buffers.add(buffer);
        tensors.add(Tensor.dense(each.type, buffer, 0));
      }
      Step step = new Step(node, tensors, Tensor.dense(node.type(), y, 0));
      try (Executable executable = device.compile(new Segment(List.of(step)))) {
        executable.run();
        y.download(0, MemorySegment.ofArray(result));
        // Copies are done early in one launch, and late in another.
        float[] again = new float[result.length];
        executable.run();
        y.download(0, MemorySegment.ofArray(again));
        assertArrayEquals(result, again);
      }
      buffers.forEach(Buffer::close);
    }
    return result;
  }
}
