package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphPrinter;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Op;
import org.jgml.core.tensor.Layout;

/// How a graph will run: on which devices, in which order, at which addresses. Immutable; holds no
/// memory, so one plan serves any number of sessions.
public final class ExecutionPlan {
  private final Graph graph;
  private final Layouts layouts;
  private final Scheduler scheduler;
  private final List<Placement> placements;
  private final List<Split> splits;
  private final List<Node> retained;
  private final Map<Device, List<Lifetime>> lifetimes;
  private final Map<Device, MemoryPlan> memory;
  private final Device main;

  private ExecutionPlan(
      Graph graph, List<Device> devices, PlacementPolicy policy, Predicate<Node> retain) {
    this.graph = DenseOperands.apply(graph, retain);
    this.layouts = Layouts.of(this.graph);
    this.scheduler = new Scheduler(this.graph, layouts, devices, policy);
    this.placements = scheduler.place();
    this.splits = scheduler.split(placements);
    this.memory = new LinkedHashMap<>();
    this.main = devices.getFirst();
    this.retained =
        this.graph.nodes().stream()
            .filter(node -> owner(node).op() instanceof Op.Executed && retain.test(node))
            .toList();
    List<Node> wanted = new ArrayList<>(this.graph.outputs());
    wanted.addAll(retained);
    this.lifetimes = Lifetimes.of(wanted, splits, layouts, scheduler, main);
    lifetimes.forEach((device, values) -> memory.put(device, MemoryPlanner.plan(values, layouts)));
  }

  /// Plans a graph. Allocates nothing on any device.
  ///
  /// @param devices in order of priority
  /// @throws org.jgml.core.tensor.GraphException if no device supports a node
  public static ExecutionPlan of(Graph graph, List<Device> devices, PlacementPolicy policy) {
    return of(graph, devices, policy, _ -> false);
  }

  /// The same with nodes whose memory nothing else uses, so that their values, like those of
  /// outputs, can be read after a run.
  ///
  /// @param retained asked for every node; those that are computed, and views of them, are retained
  public static ExecutionPlan of(
      Graph graph, List<Device> devices, PlacementPolicy policy, Predicate<Node> retained) {
    return new ExecutionPlan(graph, devices, policy, retained);
  }

  /// The planned graph: the user's, with the copies that layouts need.
  public Graph graph() {
    return graph;
  }

  /// The parts to run, in order.
  public List<Split> splits() {
    return splits;
  }

  /// The device of each compute node and the rule that chose it.
  public List<Placement> placements() {
    return placements;
  }

  /// The devices that take part.
  public Iterable<Device> devices() {
    return memory.keySet();
  }

  /// The nodes that can be read after a run although they are no outputs.
  public List<Node> retained() {
    return retained;
  }

  /// When values need memory of a device, ordered by their first step.
  public List<Lifetime> lifetimes(Device device) {
    return lifetimes.get(device);
  }

  /// Addresses on a device.
  public MemoryPlan memory(Device device) {
    return memory.get(device);
  }

  /// Strides and offset of a node's value in the memory of its [#owner].
  public Layout layout(Node node) {
    return layouts.layout(node);
  }

  /// The node that owns the memory of this one.
  public Node owner(Node node) {
    return layouts.owner(node);
  }

  /// The one device where a value is made or kept; empty for values given to each device that reads
  /// them.
  public Optional<Device> home(Node owner) {
    return scheduler.home(owner);
  }

  /// The device to read an output from.
  public Device readFrom(Node output) {
    return home(owner(output)).orElse(main);
  }

  /// The placement report: each node with its device and the rule that chose it, what each split
  /// copies, and the peak bytes of each device.
  public String report() {
    Map<Node, Placement> byNode = new LinkedHashMap<>();
    placements.forEach(placement -> byNode.put(placement.node(), placement));
    StringBuilder text = new StringBuilder();
    text.append(
        GraphPrinter.text(
            graph,
            node -> {
              Placement placement = byNode.get(node);
              return placement == null
                  ? ""
                  : "on %s: %s".formatted(placement.device().name(), placement.reason());
            }));
    for (Split split : splits) {
      long bytes = split.imports().stream().mapToLong(node -> node.type().bytes()).sum();
      text.append(
          "split on %s: %d nodes, copies %d values, %,d bytes%n"
              .formatted(
                  split.device().name(), split.nodes().size(), split.imports().size(), bytes));
    }
    memory.forEach((device, plan) ->
        text.append("%s: %,d bytes of arena%n".formatted(device.name(), plan.arenaBytes())));
    return text.toString();
  }
}
