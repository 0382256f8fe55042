package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of SmolLM3 (Bakouch et al. 2025): Llama's, where every fourth layer has no position
/// embedding (Yang et al. 2025, *Rope to Nope and Back Again*).
final class SmolLm3Block implements Block {
  private static final int PERIOD = 4;

  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.rmsNorm(residual, "ffn_norm");
    return g.add(residual, layer.feedForward(Glu.Kind.SWIGLU, normed));
  }

  private static Node attention(Layer layer, Node x) {
    Rotation rotation = layer.isLastOf(PERIOD) ? Rotation.NONE : layer.rotation();
    return layer.attend(
        layer.query(x), layer.key(x), layer.value(x), layer.model().scores().global(), rotation);
  }
}
