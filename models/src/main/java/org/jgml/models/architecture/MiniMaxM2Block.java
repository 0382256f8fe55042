package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of MiniMax-M2 (MiniMax 2025): OLMoE's attention with rotary positions in a part of
/// each head, and experts chosen as in DeepSeek-V3, none of them for all tokens.
final class MiniMaxM2Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = OlmoeBlock.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.rmsNorm(residual, "ffn_norm");
    Experts.Gating gating = layer.model().experts().gating();
    return g.add(residual, layer.experts(normed, Routing.of(layer, normed, gating, true)));
  }
}
