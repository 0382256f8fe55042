package org.jgml.kvcache;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The part of a cache in one graph of a model: what all layers share there, such as the inputs
/// that say where tokens go.
public interface CacheGraph {
  /// Adds the attention of one layer.
  ///
  /// @param g makes nodes in the scope of the layer
  /// @return the attended values, F32 `[tokens, heads, valueSize]`
  Node attend(GraphBuilder g, LayerAttention layer);

  /// Distances at which a query sees keys are below this; rotations that depend on how far a model
  /// looks need to know.
  int reach();

  /// Where the tokens of the batch stand in the text, I32 `[tokens]`, for models that learn a
  /// vector for each position.
  ///
  /// @throws IllegalArgumentException if the cache does not know
  default Node positions() {
    throw new IllegalArgumentException(
        "this model learns a vector for each position, which this cache does not keep. Fix: use"
            + " --kv full");
  }
}
