package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Hunyuan (Tencent 2025): Llama's, with an RMS norm on each head of queries and keys
/// after rotation. Mixtures have an expert that every token is sent to.
final class HunYuanBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  private static Node attention(Layer layer, Node x) {
    return layer.attend(
        layer.query(x),
        layer.key(x),
        layer.value(x),
        layer.model().scores().global(),
        layer.normed(layer.rotation(), "attn_q_norm", "attn_k_norm"));
  }

  private static Node feedForward(Layer layer, Node x) {
    return layer.model().experts().arePresent()
        ? DeepSeekBlock.experts(layer, x, Routing.softmaxOfChosen(layer, x))
        : layer.feedForward(Glu.Kind.SWIGLU, x);
  }
}
