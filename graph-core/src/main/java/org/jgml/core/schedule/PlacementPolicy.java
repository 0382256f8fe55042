package org.jgml.core.schedule;

import java.util.Optional;
import java.util.function.Function;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Node;

/// What the user asks of placement.
///
/// @param weights the device that a weight shall lie on, if the user cares; it pulls its consumers
/// @param fallback what happens when a node cannot run where it should
public record PlacementPolicy(Function<Node, Optional<Device>> weights, Fallback fallback) {
  /// What to do with a node that its preferred device cannot run.
  public enum Fallback {
    /// Run it on another device; the placement report says so.
    ALLOW,
    /// Refuse the graph.
    FAIL
  }

  /// Each node on the first device that supports it.
  public static PlacementPolicy firstThatSupports() {
    return new PlacementPolicy(_ -> Optional.empty(), Fallback.ALLOW);
  }
}
