package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Rope;
import org.jgml.core.op.RopeAngles;
import org.jgml.kvcache.LayerAttention.Rotation;

/// Rotary position embedding as a model's file describes it.
///
/// @param divisors of the frequencies; null for none
record RotaryPositions(Rope.Style style, RopeAngles angles, Node divisors) implements Rotation {
  @Override
  public Node rotate(GraphBuilder g, Node x, Node positions) {
    return divisors == null
        ? g.rope(style, x, angles, positions)
        : g.rope(style, x, angles, positions, divisors);
  }

  @Override
  public boolean leavesPositionZero() {
    return angles.magnitude() == 1;
  }
}
