package org.jgml.core.schedule;

import java.util.List;
import java.util.Optional;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Weight;

/// What the user asks of placement.
///
/// @param homes where weights and states shall lie; they pull the nodes that read or write them
/// @param fallback what happens when a node cannot run where it should
/// @param offloadRows rows of a result from which a product runs on the first device though its
///   weight lies on another: the weight is then copied there for each run; 0 for never
public record PlacementPolicy(Homes homes, Fallback fallback, int offloadRows) {
  /// What to do with a node that cannot run on the device where it should, because the device has
  /// no kernel for it.
  public enum Fallback {
    /// Run it on another device; the placement report says so.
    ALLOW,
    /// The same, and tell the user.
    WARN,
    /// Refuse the graph.
    FAIL
  }

  /// Says where weights and states shall lie.
  @FunctionalInterface
  public interface Homes {
    /// The wish for a weight or a state; empty if it may lie anywhere.
    ///
    /// @param devices in order of priority
    Optional<Wish> of(Node source, List<Device> devices);
  }

  /// A policy without offloading.
  public PlacementPolicy(Homes homes, Fallback fallback) {
    this(homes, fallback, 0);
  }

  /// All weights on the first device; what it has no kernel for runs on others.
  public static PlacementPolicy firstThatSupports() {
    return new PlacementPolicy(PlacementPolicy::onTheFirst, Fallback.ALLOW);
  }

  private static Optional<Wish> onTheFirst(Node source, List<Device> devices) {
    return source.op() instanceof Weight && !devices.isEmpty()
        ? Optional.of(new Wish(devices.getFirst(), "the first device"))
        : Optional.empty();
  }
}
