package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of Orion (OrionStar 2024, section 3): Llama's with layer norms.
final class OrionBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.layerNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, LlamaBlock.feedForward(layer, layer.layerNorm(residual, "ffn_norm")));
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }
}
