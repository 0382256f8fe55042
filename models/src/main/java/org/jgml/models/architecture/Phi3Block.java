package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of Phi-3 (Abdin et al. 2024, section 2): Llama's with a sliding window in every layer,
/// gate and up in one matrix.
final class Phi3Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  static Node attention(Layer layer, Node x) {
    return attention(layer, x, layer.rotation());
  }

  static Node attention(Layer layer, Node x, Rotation rotation) {
    return attention(layer, x, layer.model().scores(), rotation);
  }

  static Node attention(Layer layer, Node x, AttentionScores scores, Rotation rotation) {
    return layer.attend(
        normed(layer, layer.query(x), "attn_q_norm"),
        normed(layer, layer.key(x), "attn_k_norm"),
        layer.value(x),
        scores,
        rotation);
  }

  /// Some have norms of heads.
  private static Node normed(Layer layer, Node heads, String name) {
    return layer.has(name) ? layer.rmsNorm(heads, name) : heads;
  }

  static Node feedForward(Layer layer, Node x) {
    return feedForward(Glu.Kind.SWIGLU, layer, x);
  }

  static Node feedForward(Glu.Kind activation, Layer layer, Node x) {
    Hyperparameters model = layer.model();
    GraphBuilder g = layer.graph();
    int width = model.feedForwardLength();
    Node both = layer.linear(x, "ffn_up", 2L * width);
    Node gate = g.slice(both, 1, 0, width);
    Node up = g.slice(both, 1, width, width);
    return layer.linear(g.glu(activation, gate, up), "ffn_down", model.embeddingLength());
  }
}
