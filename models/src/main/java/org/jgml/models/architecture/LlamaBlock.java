package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Llama (Touvron et al. 2023, section 2.2), which Mistral and Qwen2 share:
/// grouped-query attention with rotary positions and a SwiGLU feed-forward part, each after an RMS
/// norm. Qwen2 files have biases on queries, keys and values. With experts it is that of Mixtral
/// (Jiang et al. 2024, section 2.1).
final class LlamaBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  static Node attention(Layer layer, Node x) {
    return layer.attend(layer.query(x), layer.key(x), layer.value(x));
  }

  /// One network, or a mixture of them, as the file says.
  static Node feedForward(Layer layer, Node x) {
    return layer.model().experts().arePresent()
        ? layer.experts(x, Routing.softmaxOfChosen(layer, x))
        : layer.feedForward(Glu.Kind.SWIGLU, x);
  }
}
