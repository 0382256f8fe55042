package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of Qwen3 (technical report 2025, section 2): Llama's, with an RMS norm on each head of
/// queries and keys before rotation. Its mixtures have the gate of Mixtral.
final class Qwen3Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, LlamaBlock.feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  static Node attention(Layer layer, Node x) {
    Node query = layer.rmsNorm(layer.query(x), "attn_q_norm");
    Node key = layer.rmsNorm(layer.key(x), "attn_k_norm");
    return layer.attend(query, key, layer.value(x));
  }
}
