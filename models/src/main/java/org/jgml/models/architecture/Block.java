package org.jgml.models.architecture;

import org.jgml.core.graph.Node;

/// One transformer block, as the paper of its architecture draws it.
@FunctionalInterface
interface Block {
  /// Adds the block to the graph.
  ///
  /// @param x the residual stream, F32 `[tokens, embeddingLength]`
  Node build(Layer layer, Node x);
}
