package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.kvcache.LayerAttention.Rotation;

/// A rotation after which queries grow with their position.
///
/// @param factors of the queries
record TemperedRotation(Rotation rotation, QueryTemperature temperature, QueryFactors factors)
    implements Rotation {
  @Override
  public Node rotate(GraphBuilder g, Node x, Node positions) {
    return rotation.rotate(g, x, positions);
  }

  @Override
  public Node rotateQuery(GraphBuilder g, Node query, Node positions) {
    Node rotated = rotation.rotateQuery(g, query, positions);
    return g.mul(rotated, factors.of(temperature, positions));
  }

  @Override
  public boolean leavesPositionZero() {
    return rotation.leavesPositionZero();
  }
}
