package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Op;
import org.jgml.core.op.State;
import org.jgml.core.op.Weight;
import org.jgml.core.tensor.Layout;

/// How a graph will run: on which devices, in which order, at which addresses. Immutable; holds no
/// memory, so one plan serves any number of sessions.
public final class ExecutionPlan {
  private final Graph graph;
  private final Layouts layouts;
  private final ValueHomes homes;
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
    Scheduler scheduler = new Scheduler(this.graph, layouts, devices, policy);
    List<Scheduler.Part> parts = scheduler.parts();
    this.placements =
        parts.stream()
            .flatMap(part -> part.placements().stream())
            .sorted(Comparator.comparingInt(placement -> placement.node().id()))
            .toList();
    this.homes = new ValueHomes(placements, scheduler.offloaded(), layouts, devices, policy);
    this.memory = new LinkedHashMap<>();
    this.main = devices.getFirst();
    this.retained =
        this.graph.nodes().stream()
            .filter(node -> owner(node).op() instanceof Op.Executed && retain.test(node))
            .toList();
    List<Node> wanted = new ArrayList<>(this.graph.outputs());
    wanted.addAll(retained);
    this.splits = Split.of(parts, layouts, homes, wanted);
    this.lifetimes = Lifetimes.of(wanted, splits, layouts, homes, main);
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

  /// Plans a graph within the memory of the devices: what one cannot hold goes to the next.
  ///
  /// @throws org.jgml.core.backend.DeviceMemoryException if it does not fit
  public static ExecutionPlan fitting(
      Graph graph, List<Device> devices, PlacementPolicy policy, MemoryBudget budget) {
    return new Fitting(graph, devices, policy, budget, _ -> false).plan();
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
    return homes.home(owner);
  }

  /// The device to read an output from.
  public Device readFrom(Node output) {
    return home(owner(output)).orElse(main);
  }

  /// The nodes that run elsewhere than they should, since a device has no kernel for them.
  public List<Placement> fallbacks() {
    return placements.stream().filter(Placement::isFallback).toList();
  }

  /// The memory that is needed of a device.
  public DeviceNeed need(Device device) {
    Set<Node> weights = new HashSet<>();
    Set<Node> states = new HashSet<>();
    for (Split split : splits) {
      for (Node node : split.nodes()) {
        for (Node input : node.inputs()) {
          Node owner = owner(input);
          Device home = home(owner).orElse(split.device());
          if (owner.op() instanceof Weight && home == device) {
            weights.add(owner);
          }
          if (owner.op() instanceof State && home == device) {
            states.add(owner);
          }
        }
      }
    }
    long arena = memory.containsKey(device) ? memory.get(device).arenaBytes() : 0;
    LongStream sizes =
        Stream.of(weights, states).flatMap(Set::stream).mapToLong(ExecutionPlan::bytes);
    return new DeviceNeed(
        weights.stream().mapToLong(ExecutionPlan::bytes).sum(),
        states.stream().mapToLong(ExecutionPlan::bytes).sum(),
        arena,
        Math.max(arena, sizes.max().orElse(0)));
  }

  private static long bytes(Node node) {
    return node.type().bytes();
  }

  /// The placement report: each node with its device and the rule that chose it, what each split
  /// copies, and the memory that each device needs.
  public String report() {
    return PlacementReport.text(this);
  }
}
