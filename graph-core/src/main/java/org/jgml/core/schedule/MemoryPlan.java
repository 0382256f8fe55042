package org.jgml.core.schedule;

import java.util.Map;
import java.util.OptionalLong;
import org.jgml.core.graph.Node;

/// Addresses in the arena of one device, decided before anything is allocated.
///
/// @param arenaBytes the peak: what the arena must hold
/// @param offsets byte offset of each value, by the node that owns its memory
public record MemoryPlan(long arenaBytes, Map<Node, Long> offsets) {
  public MemoryPlan {
    offsets = Map.copyOf(offsets);
  }

  /// The byte offset of a value, if it lies in this arena.
  public OptionalLong offset(Node owner) {
    Long offset = offsets.get(owner);
    return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
  }
}
