package org.jgml.core.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Op;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Weight;
import org.jgml.core.schedule.PlacementPolicy.Fallback;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/// On small graphs there are as few splits as a search through every order of the nodes and every
/// placement finds.
final class FewestSplitsTest {
  private static final int MOST_NODES = 11;

  private static Graph random(Random random) {
    GraphBuilder g = new GraphBuilder();
    List<Node> nodes = new ArrayList<>(List.of(g.input("x", DataType.F32, 4)));
    int count = 3 + random.nextInt(MOST_NODES - 3);
    for (int i = 0; i < count; i++) {
      Node a = nodes.get(random.nextInt(nodes.size()));
      Node b = nodes.get(random.nextInt(nodes.size()));
      Node w = g.weight("w" + random.nextInt(8), TensorType.of(DataType.F32, 4));
      nodes.add(
          switch (random.nextInt(6)) {
            case 0 -> g.add(a, b);
            case 1 -> g.mul(a, w);
            case 2 -> g.sub(a, w);
            case 3 -> g.unary(Unary.Kind.TANH, a);
            case 4 -> g.unary(Unary.Kind.NEG, a);
            default -> g.scale(a, 2, 1);
          });
    }
    return g.build(nodes.toArray(Node[]::new));
  }

  /// Devices that lack some ops, but for the last.
  private static List<Device> devices(Random random, int count) {
    List<Device> devices = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long seed = random.nextLong();
      boolean isLast = i == count - 1;
      devices.add(
          new NullDevice(
              "device " + i,
              op -> isLast || new Random(seed ^ op.name().hashCode()).nextInt(2) == 0));
    }
    return devices;
  }

  private static PlacementPolicy policy(long seed) {
    return new PlacementPolicy((source, devices) -> wish(seed, source, devices), Fallback.ALLOW);
  }

  private static Optional<Wish> wish(long seed, Node source, List<Device> devices) {
    Random random = new Random(seed ^ source.name().hashCode());
    boolean isFree = !(source.op() instanceof Weight) || random.nextInt(4) == 0;
    return isFree
        ? Optional.empty()
        : Optional.of(new Wish(devices.get(random.nextInt(devices.size())), "test"));
  }

  @RepeatedTest(300)
  void noOrderAndNoPlacementHasFewer(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    Random random = new Random(seed);
    List<Device> devices = devices(random, 2 + random.nextInt(3));
    ExecutionPlan plan = ExecutionPlan.of(random(random), devices, policy(seed));
    int least = new Exhaustive(plan.graph(), devices, seed).fewest();
    assertEquals(least, plan.splits().size(), () -> "seed " + seed + "\n" + plan.report());
    plan.placements()
        .forEach(placement ->
            assertTrue(placement.device().supports(placement.node()).supported(), "seed " + seed));
  }

  /// Goes through all sets of nodes that can have run, with each device that can have run the last.
  private static final class Exhaustive {
    private final List<Node> executed;
    private final List<List<Integer>> allowed = new ArrayList<>();
    private final int devices;

    private record At(int done, int device) {}

    Exhaustive(Graph graph, List<Device> all, long seed) {
      executed = graph.nodes().stream().filter(node -> node.op() instanceof Op.Compute).toList();
      devices = all.size();
      for (Node node : executed) {
        List<Integer> supporting = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
          if (all.get(i).supports(node).supported()) {
            supporting.add(i);
          }
        }
        int wished =
            node.inputs().stream()
                .map(Node::viewed)
                .flatMap(input -> wish(seed, input, all).stream())
                .map(wish -> all.indexOf(wish.device()))
                .findFirst()
                .orElse(-1);
        allowed.add(supporting.contains(wished) ? List.of(wished) : supporting);
      }
    }

    int fewest() {
      Map<At, Integer> splits = new HashMap<>();
      Deque<At> open = new ArrayDeque<>();
      for (int device = 0; device < devices; device++) {
        splits.put(new At(0, device), 1);
        open.add(new At(0, device));
      }
      while (true) {
        At at = open.removeFirst();
        if (at.done() == (1 << executed.size()) - 1) {
          return splits.get(at);
        }
        visit(at, splits, open);
      }
    }

    /// A step on the same device costs nothing, so it goes first.
    private void visit(At at, Map<At, Integer> splits, Deque<At> open) {
      for (int node = 0; node < executed.size(); node++) {
        if ((at.done() & 1 << node) == 0 && isReady(node, at.done())) {
          for (int device : allowed.get(node)) {
            At next = new At(at.done() | 1 << node, device);
            int cost = splits.get(at) + (device == at.device() ? 0 : 1);
            if (cost < splits.getOrDefault(next, Integer.MAX_VALUE)) {
              splits.put(next, cost);
              if (device == at.device()) {
                open.addFirst(next);
              } else {
                open.addLast(next);
              }
            }
          }
        }
      }
    }

    private boolean isReady(int node, int done) {
      return executed.get(node).inputs().stream()
          .map(input -> executed.indexOf(input.viewed()))
          .allMatch(producer -> producer < 0 || (done & 1 << producer) != 0);
    }
  }
}
