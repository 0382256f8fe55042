package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of DeepSeekMoE (Dai et al. 2024, section 3): Llama's attention; after the first
/// layers, which are dense, many small experts of which each token is sent to a few, and experts
/// that every token is sent to, joined to one.
final class DeepSeekBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  static Node feedForward(Layer layer, Node x) {
    return layer.has("ffn_gate_inp")
        ? experts(layer, x, Routing.ofFile(layer, x))
        : layer.feedForward(Glu.Kind.SWIGLU, x);
  }

  /// What the chosen experts make of `x`, and that for all tokens, if there is one.
  static Node experts(Layer layer, Node x, Routing routing) {
    Node chosen = layer.experts(x, routing);
    if (!layer.has("ffn_up_shexp")) {
      return chosen;
    }
    int width = layer.model().experts().sharedFeedForwardLength();
    return layer.graph().add(chosen, layer.feedForward(Glu.Kind.SWIGLU, x, width, "_shexp"));
  }
}
