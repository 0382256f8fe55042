package org.jgml.core.schedule;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceMemoryException;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Weight;
import org.jgml.core.tensor.GraphException;

/// Changes a plan until every device can hold its part: what a device cannot hold goes to the next,
/// the weights that are read first before the others, and as few as possible.
final class Fitting {
  /// Weights that are moved at most to have fewer splits: about a layer of them.
  private static final int REACH = 12;

  private final Graph graph;
  private final PlacementPolicy policy;
  private final MemoryBudget budget;
  private final Predicate<Node> retained;
  private final Map<String, Device> moved = new HashMap<>();
  private List<Device> devices;

  Fitting(
      Graph graph,
      List<Device> devices,
      PlacementPolicy policy,
      MemoryBudget budget,
      Predicate<Node> retained) {
    this.graph = graph;
    this.devices = devices;
    this.policy = policy;
    this.budget = budget;
    this.retained = retained;
  }

  /// @throws DeviceMemoryException if some device has too little memory even for what only it can
  ///   run
  ExecutionPlan plan() {
    ExecutionPlan plan = attempt();
    for (Device device : List.copyOf(devices)) {
      if (devices.contains(device) && !budget.admits(plan, device)) {
        plan = relieve(device, plan);
      }
    }
    budget.require(plan);
    return plan;
  }

  private ExecutionPlan attempt() {
    PlacementPolicy.Homes homes =
        (source, all) -> {
          Optional<Wish> wish = policy.homes().of(source, all).filter(this::isPresent);
          Device other = moved.get(source.name());
          return other == null ? wish : Optional.of(new Wish(other, "as far as memory goes"));
        };
    return ExecutionPlan.of(
        graph,
        devices,
        new PlacementPolicy(homes, policy.fallback(), policy.offloadRows()),
        retained);
  }

  private boolean isPresent(Wish wish) {
    return devices.contains(wish.device());
  }

  /// Moves the fewest weights off a device, or leaves the device out.
  private ExecutionPlan relieve(Device device, ExecutionPlan full) {
    int index = devices.indexOf(device);
    if (index == devices.size() - 1) {
      return full;
    }
    Device next = devices.get(index + 1);
    List<String> weights = List.copyOf(weights(full, device));
    int least = 1;
    int most = weights.size() + 1;
    while (least < most) {
      int middle = (least + most) / 2;
      if (budget.admits(attempt(weights, middle, next), device)) {
        most = middle;
      } else {
        least = middle + 1;
      }
    }
    return least > weights.size() ? without(device, full) : fewestSplits(weights, least, next);
  }

  /// The plan that moves this many weights, or a few more if that makes fewer splits, as it does
  /// where the part of a layer would be cut in two.
  private ExecutionPlan fewestSplits(List<String> weights, int least, Device next) {
    int best = least;
    int fewest = Integer.MAX_VALUE;
    for (int count = least; count <= Math.min(weights.size(), least + REACH); count++) {
      int splits = attempt(weights, count, next).splits().size();
      if (splits < fewest) {
        best = count;
        fewest = splits;
      }
    }
    return attempt(weights, best, next);
  }

  private ExecutionPlan attempt(List<String> weights, int count, Device next) {
    weights.forEach(moved::remove);
    weights.subList(0, count).forEach(weight -> moved.put(weight, next));
    return attempt();
  }

  private ExecutionPlan without(Device device, ExecutionPlan full) {
    devices = devices.stream().filter(other -> other != device).toList();
    moved.values().removeIf(other -> other == device);
    try {
      return attempt();
    } catch (GraphException e) {
      DeviceMemoryException problem = budget.tooLittle(full, device);
      problem.addSuppressed(e);
      throw problem;
    }
  }

  /// The weights on a device, in the order in which they are read.
  private static Set<String> weights(ExecutionPlan plan, Device device) {
    Set<String> names = new LinkedHashSet<>();
    for (Placement placement : plan.placements()) {
      for (Node input : placement.node().inputs()) {
        Node owner = plan.owner(input);
        if (placement.device() == device && owner.op() instanceof Weight) {
          names.add(owner.name());
        }
      }
    }
    return names;
  }
}
