package org.jgml.kvcache;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.AttentionColumnSums;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// The attention that each token in a [NearStore] got while it was in the window, F32 `[rows,
/// heads]`: by it InfLLM chooses the tokens that represent a block (section 3.2).
final class AttentionSums {
  private AttentionSums() {}

  static StoredRows rows(NearStore store, int layer) {
    return new StoredRows("attention." + layer, store.rows(), DataType.F32);
  }

  static long bytes(NearStore store, LayerShape layer) {
    return (long) Float.BYTES * store.rows() * layer.heads();
  }

  /// Adds what the queries of this run gave.
  ///
  /// @param query at their rows
  /// @param merged all that they see
  static void add(
      GraphBuilder g,
      NearGraph near,
      LayerAttention layer,
      NearStore store,
      AttentionColumnSums.Summand measure,
      NearGraph.Rows rows,
      Node query,
      Node merged) {
    LayerShape shape = LayerShape.of(layer);
    int tokens = Math.toIntExact(query.type().shape().dim(0));
    Node state = rows(store, layer.layer()).state(g, shape.heads(), 1);
    Node zeros = g.constant(Shape.of(tokens, shape.heads()), new float[tokens * shape.heads()]);
    Node begun = g.setRows(state, zeros, near.input(NearGraph.ROWS));
    Node first = near.input(NearWindow.of(store).input());
    AttentionColumnSums op =
        new AttentionColumnSums(layer.scores().scale(), layer.scores().softCap(), measure);
    g.apply(op, begun, query, rows.keys(), merged, first, near.input(NearGraph.ROWS));
  }
}
