package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of Trinity (Arcee AI 2025): norms before and after both parts, a sigmoid gate for each
/// element that attention gives, a sliding window in three of four layers and no position embedding
/// in the fourth, and the feed-forward part of DeepSeek's later mixtures.
final class AfmoeBlock implements Block {
  private static final int PERIOD = 4;

  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), layer.rmsNorm(attended, "post_attention_norm"));
    Node fed = DeepSeekBlock.feedForward(layer, layer.rmsNorm(residual, "ffn_norm"));
    return g.add(residual, layer.rmsNorm(fed, "post_ffw_norm"));
  }

  private static Node attention(Layer layer, Node x) {
    Hyperparameters model = layer.model();
    GraphBuilder g = layer.graph();
    boolean global = layer.seesAll(PERIOD);
    AttentionScores scores = global ? model.scores().global() : model.scores();
    Node attended =
        layer.attended(
            layer.rmsNorm(layer.query(x), "attn_q_norm"),
            layer.rmsNorm(layer.key(x), "attn_k_norm"),
            layer.value(x),
            scores,
            global ? Rotation.NONE : layer.rotation());
    Node rows = layer.rows(attended);
    Node gate = layer.linear(x, "attn_gate", rows.type().shape().dim(1));
    Node gated = layer.kept(g.mul(rows, g.unary(Unary.Kind.SIGMOID, gate)));
    return layer.linear(gated, "attn_output", model.embeddingLength());
  }

  @Override
  public Node stream(GraphBuilder g, ModelTensors tensors, Node embedded) {
    return GemmaBlock.scaledEmbedding(g, tensors, embedded);
  }
}
