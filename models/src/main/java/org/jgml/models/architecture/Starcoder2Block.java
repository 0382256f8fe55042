package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;

/// The block of StarCoder 2 (Lozhkov et al. 2024, section 6.1): Llama's attention, layer norms
/// instead of RMS norms, a GELU without a gate, and biases everywhere.
final class Starcoder2Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.layerNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.layerNorm(residual, "ffn_norm");
    return g.add(residual, layer.feedForward(Unary.Kind.GELU, normed));
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }
}
