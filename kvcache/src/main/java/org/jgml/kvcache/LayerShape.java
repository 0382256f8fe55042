package org.jgml.kvcache;

import org.jgml.core.tensor.Shape;

/// Sizes of the attention of one layer.
///
/// @param heads query heads
/// @param keyHeads key heads; `heads / keyHeads` query heads share one
/// @param headSize elements of a head of queries and keys
/// @param valueSize elements of a head of values
/// @param scores how keys are weighed
public record LayerShape(
    int heads, int keyHeads, int headSize, int valueSize, AttentionScores scores) {
  /// The sizes of a layer in a graph.
  public static LayerShape of(LayerAttention layer) {
    Shape query = layer.query().type().shape();
    Shape value = layer.value().type().shape();
    return new LayerShape(
        Math.toIntExact(query.dim(1)),
        Math.toIntExact(value.dim(1)),
        Math.toIntExact(query.dim(2)),
        Math.toIntExact(value.dim(2)),
        layer.scores());
  }

  /// Keys that a query sees by the model's own design; 0 for all.
  public int window() {
    return scores.window();
  }

  /// Elements of the queries of a token.
  public int queryLength() {
    return heads * headSize;
  }

  /// Elements of the keys of a token.
  public int keyLength() {
    return keyHeads * headSize;
  }

  /// Elements of the values of a token.
  public int valueLength() {
    return keyHeads * valueSize;
  }

  /// Query heads that share a key head.
  public int group() {
    return heads / keyHeads;
  }
}
