package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of MiMo-V2 (Xiaomi 2025, section 2): a sliding window with learned sinks and a
/// rotation of its own in most layers, and experts behind sigmoid gates with a bias in all but the
/// first.
final class Mimo2Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node scaled = g.scale(attended, layer.model().multipliers().attention(), 0);
    Node residual = g.add(layer.kept(x), scaled);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  private static Node attention(Layer layer, Node x) {
    Hyperparameters model = layer.model();
    AttentionScores scores = model.scores();
    boolean local = layer.isLocal();
    Rotation rotation = local ? layer.localRotation() : layer.rotation();
    return layer.attend(
        layer.query(x), layer.key(x), layer.value(x), local ? scores : scores.global(), rotation);
  }

  private static Node feedForward(Layer layer, Node x) {
    return layer.has("ffn_gate_inp")
        ? layer.experts(x, Routing.of(layer, x, Experts.Gating.SIGMOID, true))
        : layer.feedForward(Glu.Kind.SWIGLU, x);
  }
}
