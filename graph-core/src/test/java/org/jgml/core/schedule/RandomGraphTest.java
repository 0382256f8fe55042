package org.jgml.core.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphVerifier;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Input;
import org.jgml.core.op.Unary;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/// Random graphs give the same bits on one device, split over two, and with nothing reused.
final class RandomGraphTest {
  private static Graph random(Random random, boolean keepAll) {
    GraphBuilder g = new GraphBuilder();
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      nodes.add(g.input("input." + i, DataType.F32, 6, 8));
    }
    nodes.add(g.state("state", TensorType.of(DataType.F32, 6, 8)));
    Node indices = g.input("indices", DataType.I32, 2);
    boolean written = false;
    for (int i = 0; i < 5 + random.nextInt(40); i++) {
      Node a = nodes.get(random.nextInt(nodes.size()));
      Node b = nodes.get(random.nextInt(nodes.size()));
      int choice = random.nextInt(8);
      if (choice == 7 && !written) {
        written = true;
        Node state = g.node("state");
        nodes.removeIf(node -> node.viewed() == state);
        nodes.add(g.setRows(state, g.slice(nodes.getFirst(), 0, 0, 2), indices));
      } else {
        nodes.add(step(g, choice, a, b));
      }
    }
    return g.build(keepAll ? nodes.toArray(Node[]::new) : new Node[] {nodes.getLast()});
  }

  private static Node step(GraphBuilder g, int choice, Node a, Node b) {
    return switch (choice) {
      case 0 -> g.add(a, b);
      case 1 -> g.mul(a, g.slice(b, 0, 2, 1));
      case 2 -> g.unary(Unary.Kind.TANH, a);
      case 3 -> g.reshape(g.permute(g.reshape(a, 8, 6), 1, 0), 6, 8);
      case 4 -> g.matmul(g.matmul(a, b), g.permute(a, 1, 0));
      case 5 -> g.concat(0, g.slice(a, 0, 3, 3), g.slice(b, 0, 0, 3));
      default -> g.scale(a, 0.5f, 0.25f);
    };
  }

  @RepeatedTest(200)
  void planningDoesNotChangeResults(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    Graph graph = GraphVerifier.verify(random(new Random(seed), false));
    Graph everything = random(new Random(seed), true);
    try (Device first = new ReferenceDevice("first");
        Device second = new ReferenceDevice("second")) {
      String output = graph.outputs().getFirst().name();
      float[] expected = run(everything, output, PlacementPolicy.firstThatSupports(), first);
      float[] planned = run(graph, output, PlacementPolicy.firstThatSupports(), first);
      assertArrayEquals(expected, planned, "reuse changes results, seed " + seed);
      Device picky = new Picky(second, seed);
      float[] split = run(graph, output, PlacementPolicy.firstThatSupports(), picky, first);
      assertArrayEquals(expected, split, "splitting changes results, seed " + seed);
    }
  }

  private static float[] run(
      Graph graph, String output, PlacementPolicy policy, Device... devices) {
    ExecutionPlan plan = ExecutionPlan.of(graph, List.of(devices), policy);
    try (Session session = new Session()) {
      Execution execution = session.execution(plan);
      for (Node node : graph.nodes()) {
        if (node.op() instanceof Input && isRead(graph, node)) {
          write(execution, node);
        }
      }
      execution.run();
      return execution.readFloats(output);
    }
  }

  private static boolean isRead(Graph graph, Node node) {
    return graph.outputs().contains(node)
        || graph.nodes().stream().anyMatch(user -> user.inputs().contains(node));
  }

  private static void write(Execution execution, Node node) {
    if (node.type().dataType() == DataType.I32) {
      execution.write(node.name(), 4, 1);
      return;
    }
    Random own = new Random(node.name().hashCode());
    float[] floats = new float[(int) node.type().shape().elements()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = own.nextFloat() * 2 - 1;
    }
    execution.write(node.name(), floats);
  }

  /// A device without kernels for some ops, drawn from the seed.
  private record Picky(Device device, long seed) implements Device {
    @Override
    public String name() {
      return device.name();
    }

    @Override
    public Map<String, String> facts() {
      return device.facts();
    }

    @Override
    public Verdict supports(Node node) {
      boolean lacks = new Random(seed ^ node.op().name().hashCode()).nextInt(3) == 0;
      return lacks ? Verdict.no("picky") : device.supports(node);
    }

    @Override
    public Buffer allocate(long bytes) {
      return device.allocate(bytes);
    }

    @Override
    public Buffer load(MemorySegment bytes) {
      return device.load(bytes);
    }

    @Override
    public Executable compile(Segment segment) {
      return device.compile(segment);
    }

    @Override
    public void close() {}
  }
}
