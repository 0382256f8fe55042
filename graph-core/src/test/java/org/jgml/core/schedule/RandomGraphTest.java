package org.jgml.core.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jgml.core.backend.DelayedDevice;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Verdict;
import org.jgml.core.conformance.ForwardingDevice;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphVerifier;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Input;
import org.jgml.core.op.Unary;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.LoadedWeights;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.PlacementPolicy.Fallback;
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
        Node state = g.state("state", TensorType.of(DataType.F32, 6, 8));
        nodes.removeIf(node -> node.viewed() == state);
        nodes.add(g.setRows(state, g.slice(nodes.getFirst(), 0, 0, 2), indices));
      } else {
        nodes.add(step(g, random, choice, a, b));
      }
    }
    return g.build(keepAll ? nodes.toArray(Node[]::new) : new Node[] {nodes.getLast()});
  }

  private static Node weight(GraphBuilder g, int index) {
    return g.weight("w" + index, TensorType.of(DataType.F32, 6, 8));
  }

  private static Node step(GraphBuilder g, Random random, int choice, Node a, Node b) {
    return switch (choice) {
      case 0 -> random.nextBoolean() ? g.add(a, b) : g.add(a, weight(g, random.nextInt(6)));
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

  @RepeatedTest(100)
  void anySupportAndAnyMemoryGiveTheSameResult(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    Random random = new Random(seed);
    Graph graph = GraphVerifier.verify(random(random, false));
    String output = graph.outputs().getFirst().name();
    DelayedDevice small = limited("small", seed, random.nextInt(8_000));
    DelayedDevice large = limited("large", ~seed, 2_000 + random.nextInt(50_000));
    Device host = new ReferenceDevice("host");
    List<Device> devices = new ArrayList<>(List.of(small, large));
    Collections.shuffle(devices, random);
    devices.add(host);
    float[] expected = run(graph, output, PlacementPolicy.firstThatSupports(), host);
    PlacementPolicy policy = new PlacementPolicy(homes(seed), Fallback.ALLOW);
    MemoryBudget budget = MemoryBudget.of(devices);
    ExecutionPlan plan = ExecutionPlan.fitting(graph, devices, policy, budget);
    for (Placement placement : plan.placements()) {
      assertTrue(
          placement.device().supports(placement.node()).supported(),
          () -> placement + ", seed " + seed);
    }
    assertTrue(budget.admits(plan, small) && budget.admits(plan, large), () -> "seed " + seed);
    assertArrayEquals(expected, run(graph, output, plan), "seed " + seed);
    assertEquals(0, small.openObjects() + large.openObjects(), "left open, seed " + seed);
    devices.forEach(Device::close);
  }

  /// A device that lacks a third of the ops.
  private static DelayedDevice limited(String name, long seed, long memoryBytes) {
    return new DelayedDevice(
        name,
        seed,
        memoryBytes,
        node -> new Random(seed ^ node.op().name().hashCode()).nextInt(3) != 0);
  }

  /// The state and half of the weights have a home, drawn from the seed.
  private static PlacementPolicy.Homes homes(long seed) {
    return (source, devices) -> {
      Random random = new Random(seed ^ source.name().hashCode());
      return random.nextBoolean()
          ? Optional.of(new Wish(devices.get(random.nextInt(devices.size())), "test"))
          : Optional.empty();
    };
  }

  private static float[] run(
      Graph graph, String output, PlacementPolicy policy, Device... devices) {
    return run(graph, output, ExecutionPlan.of(graph, List.of(devices), policy));
  }

  private static float[] run(Graph graph, String output, ExecutionPlan plan) {
    try (LoadedWeights weights = new LoadedWeights(RandomGraphTest::weight);
        Session session = new Session(weights)) {
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

  private static Optional<MemorySegment> weight(String name) {
    return Optional.of(MemorySegment.ofArray(floats(name, 48)));
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
    execution.write(node.name(), floats(node.name(), (int) node.type().shape().elements()));
  }

  private static float[] floats(String name, int count) {
    Random own = new Random(name.hashCode());
    float[] floats = new float[count];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = own.nextFloat() * 2 - 1;
    }
    return floats;
  }

  /// A device without kernels for some ops, drawn from the seed.
  private record Picky(Device device, long seed) implements ForwardingDevice {
    @Override
    public Verdict supports(Node node) {
      boolean lacks = new Random(seed ^ node.op().name().hashCode()).nextInt(3) == 0;
      return lacks ? Verdict.no("picky") : device.supports(node);
    }
  }
}
