package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of Phi-3 (Abdin et al. 2024, section 2): Llama's with a sliding window in every layer.
/// One matrix holds queries, keys and values, another gate and up.
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
    Hyperparameters model = layer.model();
    GraphBuilder g = layer.graph();
    long queries = (long) model.heads() * model.headSize();
    long keys = (long) model.keyHeads() * model.headSize();
    long values = (long) model.keyHeads() * model.valueSize();
    Node all = layer.linear(x, "attn_qkv", queries + keys + values);
    Node query = layer.heads(g.slice(all, 1, 0, queries), model.heads());
    Node key = layer.heads(g.slice(all, 1, queries, keys), model.keyHeads());
    return layer.attend(
        normed(layer, query, "attn_q_norm"),
        normed(layer, key, "attn_k_norm"),
        layer.heads(g.slice(all, 1, queries + keys, values), model.keyHeads()),
        scores,
        rotation);
  }

  /// Some of those who join their matrices so have norms of heads.
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
