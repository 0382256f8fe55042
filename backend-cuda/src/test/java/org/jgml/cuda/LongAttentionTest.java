package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.format.Format;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionFinish;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.op.AttentionMerge;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.op.Input;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Heads longer than a block has room for, and more parts than a launch merges, give what the
/// definitions of their ops say.
final class LongAttentionTest {
  private static final double MOST_ERROR = 1e-11;
  private static final int ROWS = 70;

  private final SplittableRandom random = new SplittableRandom(5);

  /// A value of an operand.
  private record Operand(TensorType type, MemorySegment bytes) {}

  private Operand floats(DataType type, long... dims) {
    TensorType tensor = TensorType.of(type, dims);
    float[] values = new float[(int) tensor.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return new Operand(tensor, quantised(type, values));
  }

  private static MemorySegment quantised(DataType type, float[] values) {
    byte[] bytes = new byte[(int) type.bytes(values.length)];
    Format.of(type).quantise(values, 0, MemorySegment.ofArray(bytes), 0, values.length);
    return MemorySegment.ofArray(bytes);
  }

  private static Operand integers(int... values) {
    return new Operand(TensorType.of(DataType.I32, values.length), MemorySegment.ofArray(values));
  }

  /// Rows of values, maximum and sum; those of every fifth part say that it saw no key.
  private Operand part(int number, int rows, int valueSize) {
    int width = valueSize + AttentionPartial.STATISTICS;
    float[] values = new float[rows * width];
    for (int i = 0; i < values.length; i++) {
      boolean isSum = i % width == width - 1;
      values[i] = (float) (isSum ? random.nextDouble(1, 9) : random.nextDouble(-3, 3));
    }
    for (int row = 0; number % 5 == 4 && row < rows; row++) {
      for (int i = 0; i < width; i++) {
        values[row * width + i] = i == valueSize ? Float.NEGATIVE_INFINITY : 0;
      }
    }
    return new Operand(TensorType.of(DataType.F32, rows, width), MemorySegment.ofArray(values));
  }

  @ParameterizedTest
  @CsvSource({
    "F32, 3, 8, 513",
    "F16, 3, 64, 1024",
    "F16, 1, 600, 1025",
    "BF16, 5, 1100, 70",
    "F32, 2, 257, 257",
    "Q8_0, 2, 320, 544"
  })
  void headsOfAnyLength(DataType type, int tokens, int size, int valueSize) {
    Attention op = new Attention(0.2f, 0, 0, AttentionMask.causal(), true);
    int[] positions = new int[tokens];
    for (int i = 0; i < tokens; i++) {
      positions[i] = ROWS - tokens + i;
    }
    List<Operand> operands =
        List.of(
            floats(DataType.F32, tokens, 4, size),
            floats(type, ROWS, 2, size),
            floats(type, ROWS, 2, valueSize),
            integers(positions),
            floats(DataType.F32, 4));
    assertNear(operands, (g, inputs) -> g.apply(op, inputs));
  }

  /// Blocks share the keys: what each finds is merged.
  @ParameterizedTest
  @ValueSource(ints = {513, 1024})
  void partsOfLongValues(int valueSize) {
    AttentionPartial op = new AttentionPartial(0.3f, 0, 0);
    List<Operand> operands =
        List.of(
            floats(DataType.F32, 1, 2, 40),
            floats(DataType.F32, 600, 1, 40),
            floats(DataType.F32, 600, 1, valueSize),
            integers(3),
            integers(590));
    assertNear(operands, (g, inputs) -> g.apply(op, inputs));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 15, 16, 40})
  void anyNumberOfParts(int count) {
    List<Operand> operands = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      operands.add(part(i, 3, 37));
    }
    assertNear(operands, (g, inputs) -> g.apply(new AttentionMerge(count), inputs));
    assertNear(
        operands,
        (g, inputs) -> g.apply(new AttentionFinish(), g.apply(new AttentionMerge(count), inputs)));
  }

  private interface Graph {
    Node of(GraphBuilder g, Node... inputs);
  }

  private static void assertNear(List<Operand> operands, Graph graph) {
    float[] exact = run(new ReferenceDevice(), operands, graph);
    double error = 0;
    double square = 0;
    try (CudaDevice device = Emulation.open(Emulation.options(Products.TENSOR))) {
      float[] actual = run(device, operands, graph);
      for (int i = 0; i < exact.length; i++) {
        error += actual[i] == exact[i] ? 0 : Math.pow(actual[i] - exact[i], 2);
        square += Float.isInfinite(exact[i]) ? 0 : Math.pow(exact[i], 2);
      }
    }
    assertTrue(error / square < MOST_ERROR, "NMSE " + error / square);
  }

  private static float[] run(Device device, List<Operand> operands, Graph graph) {
    GraphBuilder g = new GraphBuilder();
    List<Tensor> tensors = new ArrayList<>();
    List<Node> inputs = new ArrayList<>();
    List<Buffer> buffers = new ArrayList<>();
    for (Operand each : operands) {
      inputs.add(g.apply(new Input(each.type)));
      buffers.add(device.load(each.bytes));
      tensors.add(Tensor.dense(each.type, buffers.getLast(), 0));
    }
    Node result = graph.of(g, inputs.toArray(Node[]::new));
    List<Step> steps = new ArrayList<>();
    if (!result.inputs().equals(inputs)) {
      Node merged = result.input(0);
      buffers.add(device.allocate(merged.type().bytes()));
      Tensor between = Tensor.dense(merged.type(), buffers.getLast(), 0);
      steps.add(new Step(merged, List.copyOf(tensors), between));
      tensors = List.of(between);
    }
    buffers.add(device.allocate(result.type().bytes()));
    Buffer memory = buffers.getLast();
    steps.add(new Step(result, List.copyOf(tensors), Tensor.dense(result.type(), memory, 0)));
    float[] values = new float[(int) result.type().shape().elements()];
    try (Executable executable = device.compile(new Segment(steps))) {
      executable.run();
      memory.download(0, MemorySegment.ofArray(values));
    }
    buffers.forEach(Buffer::close);
    return values;
  }
}
