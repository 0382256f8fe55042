package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of SmallThinker (Song et al. 2025, section 2): experts with a ReLU, chosen by what the
/// block reads before attention, so that they can be fetched meanwhile. With a sliding window, the
/// first of four layers sees everything and has no position embedding.
final class SmallThinkerBlock implements Block {
  private static final int PERIOD = 4;

  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node kept = layer.kept(x);
    Routing routing = Routing.of(layer, kept, layer.model().experts().gating(), true);
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(kept, attended);
    Node normed = layer.rmsNorm(residual, "ffn_norm");
    Node fed = layer.experts(normed, routing, (gate, up) -> g.glu(Glu.Kind.REGLU, gate, up));
    return g.add(residual, fed);
  }

  private static Node attention(Layer layer, Node x) {
    AttentionScores scores = layer.model().scores();
    boolean global = scores.window() > 0 && layer.seesAllAsFirstOf(PERIOD);
    return layer.attend(
        layer.query(x),
        layer.key(x),
        layer.value(x),
        global ? scores.global() : scores,
        global ? Rotation.NONE : layer.rotation());
  }
}
