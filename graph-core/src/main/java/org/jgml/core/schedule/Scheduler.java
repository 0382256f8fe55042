package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.Node;
import org.jgml.core.op.HostCall;
import org.jgml.core.op.Op;
import org.jgml.core.op.State;
import org.jgml.core.op.Weight;
import org.jgml.core.tensor.GraphException;

/// Gives each compute node a device and cuts the graph into splits.
///
/// Devices come in order of priority. The phases: weights with a wished device pull their
/// consumers; nodes without a device follow their inputs, then their consumers; the rest go to the
/// first device that supports them.
final class Scheduler {
  private final Graph graph;
  private final Layouts layouts;
  private final List<Device> devices;
  private final PlacementPolicy policy;
  private final Placement[] placements;

  Scheduler(Graph graph, Layouts layouts, List<Device> devices, PlacementPolicy policy) {
    this.graph = graph;
    this.layouts = layouts;
    this.devices = devices;
    this.policy = policy;
    this.placements = new Placement[graph.nodes().size()];
  }

  /// A placement for each executed node, in graph order; that of a host call is the device through
  /// which its operands and its result go.
  List<Placement> place() {
    List<Node> nodes = executedNodes();
    nodes.forEach(this::followWeights);
    if (nodes.stream().anyMatch(node -> placements[node.id()] != null)) {
      nodes.forEach(this::followInputs);
      nodes.reversed().forEach(this::leadToConsumers);
    }
    nodes.forEach(this::fill);
    return nodes.stream().map(node -> placements[node.id()]).toList();
  }

  private List<Node> executedNodes() {
    return graph.nodes().stream().filter(node -> node.op() instanceof Op.Executed).toList();
  }

  private void followWeights(Node node) {
    for (Node input : node.inputs()) {
      Node owner = layouts.owner(input);
      if (owner.op() instanceof Weight) {
        Optional<Device> wished = policy.weights().apply(owner);
        wished.ifPresent(
            device -> wish(node, device, "its weight '" + owner.name() + "' is there"));
      }
    }
  }

  private void followInputs(Node node) {
    for (Node input : node.inputs()) {
      Placement producer = placements[layouts.owner(input).id()];
      if (producer != null) {
        adopt(node, producer.device(), "follows its input '" + input.name() + "'");
      }
    }
  }

  private void leadToConsumers(Node node) {
    Placement consumer = placements[node.id()];
    if (consumer != null) {
      for (Node input : node.inputs()) {
        Node owner = layouts.owner(input);
        if (owner.op() instanceof Op.Executed) {
          adopt(owner, consumer.device(), "feeds '" + node.name() + "'");
        }
      }
    }
  }

  private void wish(Node node, Device device, String reason) {
    Verdict verdict = supports(device, node);
    if (policy.fallback() == PlacementPolicy.Fallback.FAIL && !verdict.supported()) {
      throw refuse(node, device.name() + " cannot run it: " + verdict.reason());
    }
    adopt(node, device, reason);
  }

  private void adopt(Node node, Device device, String reason) {
    if (placements[node.id()] == null && supports(device, node).supported()) {
      placements[node.id()] = new Placement(node, device, reason);
    }
  }

  /// Whether values of a host call can go through a device, which is always so, or the device runs
  /// the node.
  private static Verdict supports(Device device, Node node) {
    return node.op() instanceof HostCall ? Verdict.YES : device.supports(node);
  }

  private void fill(Node node) {
    List<String> tried = new ArrayList<>();
    for (Device device : devices) {
      Verdict verdict = supports(device, node);
      String reason =
          tried.isEmpty()
              ? "the first device supports it"
              : "fallback: " + String.join("; ", tried);
      adopt(node, device, reason);
      tried.add("%s (%s)".formatted(device.name(), verdict.reason()));
    }
    if (placements[node.id()] == null) {
      throw refuse(
          node,
          devices.isEmpty()
              ? "there is no device to run it"
              : "no device supports it. Tried " + String.join(", ", tried));
    }
  }

  private static GraphException refuse(Node node, String problem) {
    String operands =
        node.inputs().stream()
            .map(input -> input.name() + "=" + input.type())
            .collect(Collectors.joining(", "));
    return new GraphException(
        "%s '%s' (%s): %s. Operands: %s. Fix: use a device that has the kernel, or other types.%s"
            .formatted(
                node.op().name(), node.name(), node.type(), problem, operands, node.whereBuilt()));
  }

  /// Runs of nodes on one device, with what each reads from elsewhere; a host call is a split by
  /// itself.
  List<Split> split(List<Placement> placed) {
    List<Split> splits = new ArrayList<>();
    Map<Device, Set<Node>> present = new HashMap<>();
    int from = 0;
    for (int i = 1; i <= placed.size(); i++) {
      if (i == placed.size() || endsBetween(placed.get(i - 1), placed.get(i))) {
        List<Node> nodes = placed.subList(from, i).stream().map(Placement::node).toList();
        Device device = placed.get(from).device();
        Set<Node> there = present.computeIfAbsent(device, _ -> new HashSet<>());
        splits.add(new Split(device, nodes, imports(device, nodes, there)));
        from = i;
      }
    }
    return splits;
  }

  private static boolean endsBetween(Placement last, Placement next) {
    return last.device() != next.device()
        || last.node().op() instanceof HostCall
        || next.node().op() instanceof HostCall;
  }

  /// Values of other devices that these nodes read; states change, so they are read each time anew.
  private List<Node> imports(Device device, List<Node> nodes, Set<Node> present) {
    Set<Node> imports = new LinkedHashSet<>();
    for (Node node : nodes) {
      for (Node input : node.inputs()) {
        Node owner = layouts.owner(input);
        boolean isElsewhere = home(owner).filter(home -> home != device).isPresent();
        if (isElsewhere && (present.add(owner) || owner.op() instanceof State)) {
          imports.add(owner);
        }
      }
    }
    return List.copyOf(imports);
  }

  /// The one device where a value is made; empty for values that are given to each device.
  Optional<Device> home(Node owner) {
    return switch (owner.op()) {
      case Op.Executed _ -> Optional.of(placements[owner.id()].device());
      case State _ -> stateHome(owner);
      default -> Optional.empty();
    };
  }

  /// A state lives where it is written; if it is only read, where it is read first, and if nothing
  /// runs on it, on the first device.
  private Optional<Device> stateHome(Node state) {
    Optional<Node> writer =
        executedNodes().stream().filter(node -> layouts.owner(node) == state).findFirst();
    return writer
        .or(() -> executedNodes().stream().filter(node -> reads(node, state)).findFirst())
        .map(node -> placements[node.id()].device())
        .or(() -> Optional.of(devices.getFirst()));
  }

  private boolean reads(Node node, Node owner) {
    return node.inputs().stream().anyMatch(input -> layouts.owner(input) == owner);
  }
}
