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
    Experts experts = layer.model().experts();
    if (layer.index() < experts.leadingDenseLayers()) {
      return layer.feedForward(Glu.Kind.SWIGLU, x);
    }
    int width = experts.sharedFeedForwardLength();
    Node chosen = layer.experts(x, Routing.ofFile(layer, x));
    return layer.graph().add(chosen, layer.feedForward(Glu.Kind.SWIGLU, x, width, "_shexp"));
  }
}
