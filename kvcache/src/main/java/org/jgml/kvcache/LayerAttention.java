package org.jgml.kvcache;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The attention of one layer, before positions are put in.
///
/// @param layer number of the layer, from 0
/// @param query F32 `[tokens, heads, headSize]`
/// @param key F32 `[tokens, keyHeads, headSize]`
/// @param value F32 `[tokens, keyHeads, valueSize]`
/// @param rotation puts positions into queries and keys
/// @param scores how keys are weighed, and which of them a query sees
public record LayerAttention(
    int layer, Node query, Node key, Node value, Rotation rotation, AttentionScores scores) {
  /// Position embedding of queries and keys. What a query and a key give depends on the distance of
  /// their positions only.
  public interface Rotation {
    /// No position embedding.
    Rotation NONE =
        new Rotation() {
          @Override
          public Node rotate(GraphBuilder g, Node x, Node positions) {
            return x;
          }

          @Override
          public boolean leavesPositionZero() {
            return true;
          }
        };

    /// `x` `[tokens, heads, headSize]` rotated by `positions` I32 `[tokens]`.
    Node rotate(GraphBuilder g, Node x, Node positions);

    /// Whether what stands at position 0 stays as it is; YaRN changes its length.
    boolean leavesPositionZero();
  }
}
