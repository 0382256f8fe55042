package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of EXAONE 4 (LG AI Research 2025, section 2.1): RMS norms after both parts, and of
/// each head of queries and keys. With a sliding window, every fourth layer sees everything and has
/// no position embedding.
final class Exaone4Block implements Block {
  private static final int PERIOD = 4;

  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = layer.rmsNorm(attention(layer, x), "post_attention_norm");
    Node residual = g.add(layer.kept(x), attended);
    Node fed = layer.feedForward(Glu.Kind.SWIGLU, residual);
    return g.add(residual, layer.rmsNorm(fed, "post_ffw_norm"));
  }

  static Node attention(Layer layer, Node x) {
    AttentionScores scores = layer.model().scores();
    boolean global = scores.window() > 0 && layer.seesAll(PERIOD);
    return layer.attend(
        layer.rmsNorm(layer.query(x), "attn_q_norm"),
        layer.rmsNorm(layer.key(x), "attn_k_norm"),
        layer.value(x),
        global ? scores.global() : scores,
        global ? Rotation.NONE : layer.rotation());
  }
}
