package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Llama (Touvron et al. 2023, section 2.2), which Mistral and Qwen2 share:
/// grouped-query attention with rotary positions and a SwiGLU feed-forward part, each after an RMS
/// norm. Qwen2 files have biases on queries, keys and values.
final class LlamaBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  private static Node attention(Layer layer, Node x) {
    Hyperparameters model = layer.model();
    int keys = model.keyHeads();
    Node query = layer.linear(x, "attn_q", (long) model.heads() * model.headSize());
    Node key = layer.linear(x, "attn_k", (long) keys * model.headSize());
    Node value = layer.linear(x, "attn_v", (long) keys * model.valueSize());
    Node attended =
        layer.attend(
            layer.heads(query, model.heads()), layer.heads(key, keys), layer.heads(value, keys));
    return layer.linear(layer.kept(attended), "attn_output", model.embeddingLength());
  }

  /// `down(silu(gate(x)) · up(x))`.
  static Node feedForward(Layer layer, Node x) {
    Hyperparameters model = layer.model();
    Node gate = layer.linear(x, "ffn_gate", model.feedForwardLength());
    Node up = layer.linear(x, "ffn_up", model.feedForwardLength());
    Node gated = layer.graph().glu(Glu.Kind.SWIGLU, gate, up);
    return layer.linear(gated, "ffn_down", model.embeddingLength());
  }
}
