package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Kimi Linear (Kimi Team 2025, section 4): delta attention in three of four layers,
/// latent attention without positions in the fourth, and the feed-forward part of DeepSeek-V3.
final class KimiLinearBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node normed = layer.rmsNorm(x, "attn_norm");
    Node mixed =
        layer.attends() ? DeepSeek2Block.attention(layer, normed) : new KimiDelta(layer).of(normed);
    Node residual = g.add(layer.kept(x), mixed);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  private static Node feedForward(Layer layer, Node x) {
    Experts experts = layer.model().experts();
    return experts.areIn(layer.index())
        ? DeepSeekBlock.experts(layer, x, Routing.of(layer, x, experts.gating(), true))
        : layer.feedForward(Glu.Kind.SWIGLU, x);
  }
}
