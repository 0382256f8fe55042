package org.jgml.core.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Input;
import org.jgml.core.op.Sample;
import org.jgml.core.reference.Elements;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.TensorType;

/// One op on one sample in one layout, run on a device and on the reference.
record ConformanceCase(Sample sample, LayoutVariant layout, long seed) {
  /// The name that finds the case again.
  String name() {
    return "%s, %s, seed %d".formatted(sample.label(), layout, seed);
  }

  void check(Device device) {
    Graph graph = graph();
    Node output = graph.outputs().getFirst();
    List<MemorySegment> inputs = inputs(graph);
    List<byte[]> before = inputs.stream().map(ConformanceCase::copy).toList();
    double[] actual = run(graph, device, inputs);
    double[] again = run(graph, device, inputs);
    double[] expected;
    try (Device reference = new ReferenceDevice()) {
      expected = run(graph, reference, inputs);
    }
    assertArrayEquals(actual, again, () -> name() + ": a second run gives other bits");
    for (int i = 0; i < inputs.size(); i++) {
      assertArrayEquals(before.get(i), copy(inputs.get(i)), name() + ": input changed");
    }
    double error = Tolerance.nmse(actual, expected);
    double allowed = Tolerance.of(output.type().dataType());
    assertTrue(
        error <= allowed,
        () ->
            "%s: NMSE %.3g, allowed %.3g; %s"
                .formatted(name(), error, allowed, worst(actual, expected)));
  }

  private Graph graph() {
    GraphBuilder g = new GraphBuilder();
    Node[] operands = new Node[sample.operands().size()];
    for (int i = 0; i < operands.length; i++) {
      TensorType type = sample.operands().get(i).type();
      // Which indices may stand beside each other depends on the row, so they stay as they are.
      LayoutVariant variant = type.dataType().isInteger() ? LayoutVariant.DENSE : layout;
      operands[i] = variant.operand(g, "operand." + i, type);
    }
    return g.build(g.named("result").apply(sample.op(), operands));
  }

  /// Bytes for each input of the graph; a wider input is filled as the operand in it would be.
  private List<MemorySegment> inputs(Graph graph) {
    SplittableRandom random = new SplittableRandom(seed);
    List<MemorySegment> bytes = new ArrayList<>();
    for (Node node : inputNodes(graph)) {
      int index = Integer.parseInt(node.name().substring("operand.".length()));
      Sample.Operand operand = sample.operands().get(index);
      bytes.add(OperandValues.bytes(new Sample.Operand(node.type(), operand.fill()), random));
    }
    return bytes;
  }

  private static List<Node> inputNodes(Graph graph) {
    return graph.nodes().stream().filter(node -> node.op() instanceof Input).toList();
  }

  private static byte[] copy(MemorySegment bytes) {
    return bytes.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
  }

  private static double[] run(Graph graph, Device device, List<MemorySegment> inputs) {
    ExecutionPlan plan =
        ExecutionPlan.of(graph, List.of(device), PlacementPolicy.firstThatSupports());
    try (Session session = new Session();
        Arena arena = Arena.ofConfined()) {
      Execution execution = session.execution(plan);
      List<Node> nodes = inputNodes(graph);
      for (int i = 0; i < nodes.size(); i++) {
        execution.write(nodes.get(i).name(), inputs.get(i).asSlice(0, nodes.get(i).type().bytes()));
      }
      execution.run();
      TensorType type = execution.outputType("result");
      MemorySegment result = arena.allocate(Math.max(1, type.bytes()), 64);
      execution.read("result", result.asSlice(0, type.bytes()));
      return Elements.read(Tensor.dense(type, HostBuffer.over(result), 0));
    }
  }

  private static String worst(double[] actual, double[] expected) {
    int at =
        IntStream.range(0, expected.length)
            .boxed()
            .max((a, b) ->
                Double.compare(distance(actual, expected, a), distance(actual, expected, b)))
            .orElse(0);
    return "worst at %d: %s instead of %s".formatted(at, actual[at], expected[at]);
  }

  private static double distance(double[] actual, double[] expected, int at) {
    return actual[at] == expected[at] ? 0 : Math.abs(actual[at] - expected[at]);
  }
}
