package org.jgml.kvcache;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The attention of one layer, before positions are put in.
///
/// @param layer number of the layer, from 0
/// @param query F32 `[tokens, heads, headSize]`
/// @param key F32 `[tokens, keyHeads, headSize]`
/// @param value F32 `[tokens, keyHeads, valueSize]`
/// @param positions I32 `[tokens]`, positions of the tokens in the sequence
/// @param rotation puts positions into queries and keys
/// @param scores how keys are weighed, and which of them a query sees
public record LayerAttention(
    int layer,
    Node query,
    Node key,
    Node value,
    Node positions,
    Rotation rotation,
    AttentionScores scores) {
  /// Position embedding of queries and keys.
  @FunctionalInterface
  public interface Rotation {
    /// No position embedding.
    Rotation NONE = (_, x, _) -> x;

    /// `x` `[tokens, heads, headSize]` rotated by `positions` I32 `[tokens]`.
    Node rotate(GraphBuilder g, Node x, Node positions);
  }
}
