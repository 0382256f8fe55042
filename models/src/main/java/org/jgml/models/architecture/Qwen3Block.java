package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of Qwen3 (technical report 2025, section 2): Llama's, with an RMS norm on each head of
/// queries and keys before rotation.
final class Qwen3Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, LlamaBlock.feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  private static Node attention(Layer layer, Node x) {
    Hyperparameters model = layer.model();
    int keys = model.keyHeads();
    Node query = layer.linear(x, "attn_q", (long) model.heads() * model.headSize());
    Node key = layer.linear(x, "attn_k", (long) keys * model.headSize());
    Node value = layer.linear(x, "attn_v", (long) keys * model.valueSize());
    Node attended =
        layer.attend(
            layer.rmsNorm(layer.heads(query, model.heads()), "attn_q_norm"),
            layer.rmsNorm(layer.heads(key, keys), "attn_k_norm"),
            layer.heads(value, keys));
    return layer.linear(layer.kept(attended), "attn_output", model.embeddingLength());
  }
}
