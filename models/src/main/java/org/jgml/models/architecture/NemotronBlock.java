package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of Nemotron-4 and Minitron (Parmar et al. 2024, section 2): layer norms, rotary
/// positions in half of each head, and a squared ReLU without a gate.
final class NemotronBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.layerNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, ArceeBlock.feedForward(layer, layer.layerNorm(residual, "ffn_norm")));
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }
}
