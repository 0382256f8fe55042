package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jgml.core.graph.Node;
import org.jgml.core.op.HostCall;
import org.jgml.core.op.State;
import org.jgml.core.schedule.SplitSearch.Turn;

/// What crosses from device to device, and less of it: nodes that could as well run in a later turn
/// do so where that saves bytes.
final class Movement {
  private final List<Node> executed;
  private final List<BitSet> readers = new ArrayList<>();
  private final List<BitSet> producers = new ArrayList<>();
  private final List<BitSet> after = new ArrayList<>();
  private final BitSet immobile = new BitSet();
  private final long[] bytes;

  Movement(List<Node> executed, Layouts layouts, Dependencies dependencies) {
    this.executed = executed;
    this.bytes = new long[executed.size()];
    for (int node = 0; node < executed.size(); node++) {
      readers.add(new BitSet());
      producers.add(new BitSet());
      after.add(new BitSet());
    }
    for (int node = 0; node < executed.size(); node++) {
      Node value = executed.get(node);
      Node owner = layouts.owner(value);
      bytes[node] = owner.type().bytes();
      immobile.set(node, owner.op() instanceof State || value.op() instanceof HostCall);
      for (Node input : value.inputs()) {
        int producer = dependencies.place(input.viewed());
        if (producer >= 0) {
          readers.get(producer).set(node);
          producers.get(node).set(producer);
        }
      }
      BitSet before = dependencies.before(node);
      for (int i = before.nextSetBit(0); i >= 0; i = before.nextSetBit(i + 1)) {
        after.get(i).set(node);
      }
    }
  }

  /// The places of the nodes that read a result.
  IntStream readers(int node) {
    return readers.get(node).stream();
  }

  /// The device of each node.
  int[] deviceOf(List<Turn> turns) {
    int[] devices = new int[executed.size()];
    for (Turn turn : turns) {
      turn.nodes().forEach(node -> devices[node] = turn.device());
    }
    return devices;
  }

  /// Bytes that cross in these turns.
  long crossedBytes(List<Turn> turns) {
    int[] devices = deviceOf(turns);
    long crossed = 0;
    for (int node = 0; node < executed.size(); node++) {
      crossed += bytesOut(node, devices[node], devices);
    }
    return crossed;
  }

  /// Bytes of a result that go to other devices if it is made on this one.
  private long bytesOut(int node, int device, int[] devices) {
    long targets =
        readers.get(node).stream()
            .map(reader -> devices[reader])
            .filter(target -> target != device)
            .distinct()
            .count();
    return targets * bytes[node];
  }

  /// Bytes of operands that only this node needs on a device.
  private long bytesIn(int node, int device, int[] devices) {
    return producers.get(node).stream()
        .filter(producer -> devices[producer] != device)
        .filter(producer ->
            readers.get(producer).stream()
                .noneMatch(other -> other != node && devices[other] == device))
        .mapToLong(producer -> bytes[producer])
        .sum();
  }

  /// The same turns with nodes moved to later ones where less crosses then.
  ///
  /// @param allowed the devices that each node may run on
  List<Turn> improved(List<Turn> turns, List<BitSet> allowed) {
    if (turns.size() < 2) {
      return turns;
    }
    int[] turnOf = new int[executed.size()];
    for (int turn = 0; turn < turns.size(); turn++) {
      for (int node : turns.get(turn).nodes()) {
        turnOf[node] = turn;
      }
    }
    int[] devices = deviceOf(turns);
    for (int node = executed.size() - 1; node >= 0; node--) {
      if (!immobile.get(node) && allowed.get(node).cardinality() > 1) {
        turnOf[node] = bestTurn(node, turnOf, turns, devices, allowed.get(node));
        devices[node] = turns.get(turnOf[node]).device();
      }
    }
    return rebuilt(turns, turnOf);
  }

  private int bestTurn(int node, int[] turnOf, List<Turn> turns, int[] devices, BitSet allowed) {
    int last = after.get(node).stream().map(next -> turnOf[next]).min().orElse(turnOf[node]);
    int best = turnOf[node];
    long least = Long.MAX_VALUE;
    for (int turn = turnOf[node]; turn <= last; turn++) {
      int device = turns.get(turn).device();
      if (allowed.get(device) && !isCall(turns.get(turn))) {
        long cost = bytesIn(node, device, devices) + bytesOut(node, device, devices);
        if (cost < least) {
          best = turn;
          least = cost;
        }
      }
    }
    return best;
  }

  private boolean isCall(Turn turn) {
    return executed.get(turn.nodes().getFirst()).op() instanceof HostCall;
  }

  /// Turns that became empty are gone, and neighbours of one device are one.
  private List<Turn> rebuilt(List<Turn> turns, int[] turnOf) {
    List<TreeSet<Integer>> nodes = new ArrayList<>();
    turns.forEach(_ -> nodes.add(new TreeSet<>()));
    for (int node = 0; node < turnOf.length; node++) {
      nodes.get(turnOf[node]).add(node);
    }
    List<Turn> rebuilt = new ArrayList<>();
    for (int turn = 0; turn < turns.size(); turn++) {
      if (!nodes.get(turn).isEmpty()) {
        Turn next = new Turn(turns.get(turn).device(), List.copyOf(nodes.get(turn)));
        Turn joined = rebuilt.isEmpty() ? null : joined(rebuilt.getLast(), next);
        if (joined != null) {
          rebuilt.removeLast();
        }
        rebuilt.add(joined == null ? next : joined);
      }
    }
    return rebuilt;
  }

  private Turn joined(Turn turn, Turn next) {
    if (turn.device() != next.device() || isCall(turn) || isCall(next)) {
      return null;
    }
    TreeSet<Integer> nodes = new TreeSet<>(turn.nodes());
    nodes.addAll(next.nodes());
    return new Turn(turn.device(), List.copyOf(nodes));
  }
}
