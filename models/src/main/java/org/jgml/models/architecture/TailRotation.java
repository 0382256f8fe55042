package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.kvcache.LayerAttention.Rotation;

/// A rotation of what follows the first `start` elements of each head.
record TailRotation(Rotation rotation, int start) implements Rotation {
  @Override
  public Node rotate(GraphBuilder g, Node x, Node positions) {
    long length = x.type().shape().rowLength();
    Node tail = rotation.rotate(g, g.slice(x, 2, start, length - start), positions);
    return g.concat(2, g.slice(x, 2, 0, start), tail);
  }

  @Override
  public boolean leavesPositionZero() {
    return rotation.leavesPositionZero();
  }
}
