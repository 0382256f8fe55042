package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of OLMo 2 (OLMo Team 2024, section 3): Llama's with the RMS norms after both parts
/// instead of before, and others of queries and keys over all heads together. OLMo 3, of the same
/// name in files, has a sliding window in three of four layers, which rotate unstretched.
final class Olmo2Block implements Block {
  private static final int PERIOD = 4;

  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = layer.rmsNorm(attention(layer, x), "post_attention_norm");
    Node residual = g.add(layer.kept(x), attended);
    Node fed = layer.feedForward(Glu.Kind.SWIGLU, residual);
    return g.add(residual, layer.rmsNorm(fed, "post_ffw_norm"));
  }

  private static Node attention(Layer layer, Node x) {
    Hyperparameters model = layer.model();
    boolean local = model.scores().window() > 0 && !layer.seesAll(PERIOD);
    AttentionScores scores = local ? model.scores() : model.scores().global();
    Rotation rotation = local ? layer.rotation(model.rope().base()) : layer.rotation();
    Node query = layer.rmsNorm(layer.rows(layer.query(x)), "attn_q_norm");
    Node key = layer.rmsNorm(layer.rows(layer.key(x)), "attn_k_norm");
    return layer.attend(
        layer.heads(query, model.heads().queries()),
        layer.heads(key, model.heads().keys()),
        layer.value(x),
        scores,
        rotation);
  }
}
