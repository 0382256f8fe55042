package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.Node;
import org.jgml.core.op.HostCall;
import org.jgml.core.op.Op;
import org.jgml.core.schedule.Pins.Pin;
import org.jgml.core.schedule.SplitSearch.Turn;

/// Gives each executed node a device and a turn.
///
/// Weights and states that have a home pull the nodes that use them ([Pins]); the others run where
/// there are the fewest splits ([SplitSearch]) and, among those, where the fewest bytes cross
/// ([Movement]). Each placement keeps the rule that made it.
final class Scheduler {
  private final List<Node> executed;
  private final List<Device> devices;
  private final PlacementPolicy policy;
  private final Dependencies dependencies;
  private final SupportTable support;
  private final Movement movement;
  private final Pins rules;
  private final Pin[] pins;

  /// @throws org.jgml.core.tensor.GraphException if no device supports a node
  Scheduler(Graph graph, Layouts layouts, List<Device> devices, PlacementPolicy policy) {
    this.executed =
        graph.nodes().stream().filter(node -> node.op() instanceof Op.Executed).toList();
    this.devices = devices;
    this.policy = policy;
    this.dependencies = new Dependencies(executed, layouts);
    this.support = new SupportTable(executed, devices);
    this.rules = new Pins(executed, layouts, devices, policy, dependencies, support);
    this.pins = rules.find();
    this.movement = new Movement(executed, layouts, dependencies);
  }

  /// A turn of a device.
  ///
  /// @param placements in graph order
  record Part(Device device, List<Placement> placements) {}

  /// Nodes for which a weight is copied to their device in each run.
  Set<Node> offloaded() {
    return rules.offloaded().stream().mapToObj(executed::get).collect(Collectors.toSet());
  }

  /// @throws org.jgml.core.tensor.GraphException if a node cannot run where it should, and the
  ///   policy forbids that
  List<Part> parts() {
    if (executed.isEmpty()) {
      return List.of();
    }
    List<BitSet> allowed = new ArrayList<>();
    boolean isComplete = true;
    for (int node = 0; node < executed.size(); node++) {
      BitSet supported = support.devices(node);
      isComplete &= supported.cardinality() == devices.size();
      allowed.add(allowed(node, supported));
    }
    List<Turn> turns = turns(allowed);
    return explain(turns, isComplete ? turns : turns(wished()));
  }

  private BitSet allowed(int node, BitSet supported) {
    return pins[node] != null && supported.get(pins[node].device())
        ? only(pins[node].device())
        : supported;
  }

  /// What would be allowed if every device had every kernel.
  private List<BitSet> wished() {
    List<BitSet> wished = new ArrayList<>();
    for (Pin pin : pins) {
      BitSet all = new BitSet();
      all.set(0, devices.size());
      wished.add(pin == null ? all : only(pin.wished()));
    }
    return wished;
  }

  private static BitSet only(int device) {
    BitSet set = new BitSet();
    set.set(device);
    return set;
  }

  private List<Turn> turns(List<BitSet> allowed) {
    BitSet calls = new BitSet();
    for (int node = 0; node < executed.size(); node++) {
      calls.set(node, executed.get(node).op() instanceof HostCall);
    }
    SplitSearch search = new SplitSearch(allowed, dependencies, calls, devices.size());
    return movement.improved(search.best(movement::crossedBytes), allowed);
  }

  private List<Part> explain(List<Turn> turns, List<Turn> wished) {
    int[] deviceOf = movement.deviceOf(turns);
    int[] wishedOf = movement.deviceOf(wished);
    List<Part> parts = new ArrayList<>();
    for (Turn turn : turns) {
      List<Placement> placements = new ArrayList<>();
      for (int node : turn.nodes()) {
        int wish = wishedOf[node];
        boolean isFallback = wish != turn.device() && !support.supports(wish, node);
        if (isFallback && policy.fallback() == PlacementPolicy.Fallback.FAIL) {
          throw SupportTable.refuse(
              executed.get(node),
              "it belongs on %s, and fallback is forbidden".formatted(support.reason(wish, node)),
              "allow fallback (--fallback allow), use another device, or other types");
        }
        String reason =
            isFallback ? "fallback from " + support.reason(wish, node) : reason(node, deviceOf);
        Device device = devices.get(turn.device());
        placements.add(new Placement(executed.get(node), device, reason, isFallback));
      }
      parts.add(new Part(devices.get(turn.device()), placements));
    }
    return parts;
  }

  private String reason(int node, int[] deviceOf) {
    if (devices.size() == 1) {
      return "the only device";
    }
    Pin pin = pins[node];
    if (pin != null && pin.device() == deviceOf[node]) {
      return pin.reason();
    }
    for (Node input : executed.get(node).inputs()) {
      int producer = dependencies.place(input.viewed());
      if (producer >= 0 && deviceOf[producer] == deviceOf[node]) {
        return "follows its input '" + input.name() + "'";
      }
    }
    return movement
        .readers(node)
        .filter(reader -> deviceOf[reader] == deviceOf[node])
        .mapToObj(reader -> "feeds '" + executed.get(reader).name() + "'")
        .findFirst()
        .orElse("the fewest splits");
  }
}
