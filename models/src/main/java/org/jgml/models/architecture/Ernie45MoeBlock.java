package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of ERNIE 4.5's mixtures (Baidu 2025, section 2.2): Llama's attention; in the layers
/// that have experts, those of the largest probabilities plus a bias, beside one for all tokens in
/// most models.
final class Ernie45MoeBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  private static Node feedForward(Layer layer, Node x) {
    if (!layer.model().experts().areIn(layer.index())) {
      return layer.feedForward(Glu.Kind.SWIGLU, x);
    }
    Routing routing = Routing.of(layer, x, Experts.Gating.SOFTMAX, true);
    return DeepSeekBlock.experts(layer, x, routing);
  }
}
