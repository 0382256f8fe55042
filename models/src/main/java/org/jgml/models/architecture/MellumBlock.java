package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.kvcache.AttentionScores;

/// The block of Mellum 2 (JetBrains 2026): Qwen3's mixture, with a sliding window in three of four
/// layers, in which positions are not stretched.
final class MellumBlock implements Block {
  private static final int PERIOD = 4;

  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, LlamaBlock.feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  private static Node attention(Layer layer, Node x) {
    Hyperparameters model = layer.model();
    AttentionScores scores = model.scores();
    boolean local = scores.window() > 0 && !layer.seesAll(PERIOD);
    return layer.attend(
        layer.rmsNorm(layer.query(x), "attn_q_norm"),
        layer.rmsNorm(layer.key(x), "attn_k_norm"),
        layer.value(x),
        local ? scores : scores.global(),
        local ? layer.rotation(model.rope().base()) : layer.rotation());
  }
}
