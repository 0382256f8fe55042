package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// Llama's block with another norm: layer norms in Orion (OrionStar 2024, section 3), and norms
/// that learn nothing in OLMo (Groeneveld et al. 2024, section 2.1).
record NormedBlock(Normalisation normalisation) implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.normed(x, normalisation, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.normed(residual, normalisation, "ffn_norm");
    return g.add(residual, LlamaBlock.feedForward(layer, normed));
  }
}
