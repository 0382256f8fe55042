package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of Laguna (Poolside 2026): Qwen3's attention behind a softplus gate for each head or
/// each element, and the feed-forward part of DeepSeek's later mixtures. With a sliding window, the
/// first of four layers sees everything, and the others have a rotation of their own.
final class LagunaBlock implements Block {
  private static final int PERIOD = 4;

  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, DeepSeekBlock.feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  private static Node attention(Layer layer, Node x) {
    AttentionScores scores = layer.model().scores();
    boolean local = scores.window() > 0 && !layer.seesAllAsFirstOf(PERIOD);
    Rotation rotation = local ? layer.localRotation() : layer.rotation();
    Node attended =
        layer.attended(
            layer.rmsNorm(layer.query(x), "attn_q_norm"),
            layer.rmsNorm(layer.key(x), "attn_k_norm"),
            layer.value(x),
            local ? scores : scores.global(),
            rotation);
    Node gated = layer.graph().mul(attended, gate(layer, x));
    return layer.linear(
        layer.kept(layer.rows(gated)), "attn_output", layer.model().embeddingLength());
  }

  /// `[tokens, heads, 1]` or `[tokens, heads, valueSize]`, as wide as the file's matrix makes it.
  private static Node gate(Layer layer, Node x) {
    Node gate = layer.graph().unary(Unary.Kind.SOFTPLUS, layer.linearToAll(x, "attn_gate"));
    return layer.heads(gate, layer.model().heads().queries());
  }
}
