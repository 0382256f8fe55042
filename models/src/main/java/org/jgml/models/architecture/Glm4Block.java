package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of GLM-4-0414 (GLM Team 2024): Llama's with an RMS norm before and after each part,
/// and gate and up in one matrix.
final class Glm4Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), layer.rmsNorm(attended, "post_attention_norm"));
    Node fed = Phi3Block.feedForward(layer, layer.rmsNorm(residual, "ffn_norm"));
    return g.add(residual, layer.rmsNorm(fed, "post_ffw_norm"));
  }
}
