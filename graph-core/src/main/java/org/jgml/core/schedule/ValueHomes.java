package org.jgml.core.schedule;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Node;
import org.jgml.core.op.State;
import org.jgml.core.op.Weight;

/// The one device where each value is made or kept. Values that are given to each device that reads
/// them, such as inputs, have none.
final class ValueHomes {
  private final Map<Node, Device> homes = new HashMap<>();
  private final Set<Node> overwritten = new HashSet<>();
  private final List<Device> devices;
  private final PlacementPolicy policy;

  /// @param offloaded nodes for which their weights are copied in each run
  ValueHomes(
      List<Placement> placements,
      Set<Node> offloaded,
      Layouts layouts,
      List<Device> devices,
      PlacementPolicy policy) {
    this.devices = devices;
    this.policy = policy;
    for (Placement placement : placements) {
      Node owner = layouts.owner(placement.node());
      homes.putIfAbsent(owner, placement.device());
      if (Dependencies.overwrites(placement.node())) {
        overwritten.add(owner);
      }
    }
    for (Placement placement : placements) {
      for (Node input : placement.node().inputs()) {
        Node owner = layouts.owner(input);
        switch (owner.op()) {
          case State _ -> homes.putIfAbsent(owner, stateHome(owner, placement.device()));
          case Weight _ when offloaded.contains(placement.node()) -> addWish(owner);
          default -> {}
        }
      }
    }
  }

  private void addWish(Node owner) {
    policy.homes().of(owner, devices).ifPresent(wish -> homes.put(owner, wish.device()));
  }

  /// A state lives where it is written; if it is only read, where it is wished, or read first.
  private Device stateHome(Node state, Device reader) {
    return policy.homes().of(state, devices).map(Wish::device).orElse(reader);
  }

  /// The home of what owns memory.
  Optional<Device> home(Node owner) {
    Device home = homes.get(owner);
    if (home == null && owner.op() instanceof State) {
      return Optional.of(stateHome(owner, devices.getFirst()));
    }
    return Optional.ofNullable(home);
  }

  /// Whether a value changes while a run goes on, so that copies of it do not stay right.
  boolean isChanging(Node owner) {
    return owner.op() instanceof State || overwritten.contains(owner);
  }
}
