package org.jgml.kvcache;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;

/// What side graphs have in common.
final class SideGraphs {
  private SideGraphs() {}

  /// Stands for the attended values of a layer, so that the model can build on; nothing that a side
  /// graph computes depends on it.
  static Node placeholder(GraphBuilder g, LayerAttention layer) {
    LayerShape shape = LayerShape.of(layer);
    long tokens = layer.query().type().shape().dim(0);
    return g.input(
        "unused." + layer.layer(), DataType.F32, tokens, shape.heads(), shape.valueSize());
  }
}
