package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.kvcache.LayerAttention.Rotation;

/// A rotation after which each head of queries and keys is normalised by the root of its mean
/// square, times a scale.
///
/// @param queryScale `[headSize]`
/// @param keyScale `[headSize]`
record NormedRotation(Rotation rotation, Node queryScale, Node keyScale, float epsilon)
    implements Rotation {
  @Override
  public Node rotate(GraphBuilder g, Node x, Node positions) {
    return g.rmsNorm(rotation.rotate(g, x, positions), keyScale, epsilon);
  }

  @Override
  public Node rotateQuery(GraphBuilder g, Node query, Node positions) {
    return g.rmsNorm(rotation.rotateQuery(g, query, positions), queryScale, epsilon);
  }

  @Override
  public boolean leavesPositionZero() {
    return false;
  }
}
