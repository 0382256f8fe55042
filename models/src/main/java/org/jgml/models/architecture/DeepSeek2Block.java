package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.RopeScaling;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of DeepSeek-V2 and V3 (DeepSeek-AI 2024, section 2.1): that of DeepSeekMoE with latent
/// attention. Keys and values of all heads are made from one short row a token; what is rotated is
/// kept apart, at the end of queries and keys. The queries of Mistral's mixtures of this kind grow
/// with their position.
///
/// Files hold the matrix that makes keys and values of the row either whole, and heads are made as
/// the paper writes them; or in two parts, and the cache keeps the rows alone: queries are
/// multiplied by the part of the keys instead, and what is attended by that of the values.
final class DeepSeek2Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, DeepSeekBlock.feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  static Node attention(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    LatentAttention latent = layer.model().latent();
    Node query = layer.heads(query(layer, x), layer.model().heads().queries());
    Node both = layer.linear(x, "attn_kv_a_mqa", latent.rank() + latent.rotated());
    Node row = layer.rmsNorm(g.slice(both, 1, 0, latent.rank()), "attn_kv_a_norm");
    Node tail = layer.heads(g.slice(both, 1, latent.rank(), latent.rotated()), 1);
    return layer.has("attn_kv_b")
        ? attendToHeads(layer, query, row, tail)
        : attendToRows(layer, query, row, tail);
  }

  private static Node query(Layer layer, Node x) {
    LatentAttention latent = layer.model().latent();
    long width = (long) layer.model().heads().queries() * latent.headSize();
    if (layer.has("attn_q")) {
      return layer.linear(x, "attn_q", width);
    }
    Node row = layer.linear(x, "attn_q_a", latent.queryRank());
    return layer.linear(layer.rmsNorm(row, "attn_q_a_norm"), "attn_q_b", width);
  }

  /// Keys and values of each head, made from the row.
  private static Node attendToHeads(Layer layer, Node query, Node row, Node tail) {
    GraphBuilder g = layer.graph();
    LatentAttention latent = layer.model().latent();
    int heads = layer.model().heads().queries();
    long width = (long) heads * (latent.plain() + latent.valueSize());
    Node both = layer.heads(layer.linear(row, "attn_kv_b", width), heads);
    Node plain = g.slice(both, 2, 0, latent.plain());
    Node value = g.slice(both, 2, latent.plain(), latent.valueSize());
    Node shared = g.broadcast(tail, tail.type().shape().dim(0), heads, latent.rotated());
    Node key = g.concat(2, plain, shared);
    return layer.attend(query, key, value, scores(latent), rotation(layer, latent.plain()));
  }

  /// One key head, the row and what is rotated; one value head, the row.
  private static Node attendToRows(Layer layer, Node query, Node row, Node tail) {
    GraphBuilder g = layer.graph();
    LatentAttention latent = layer.model().latent();
    Node plain = g.slice(query, 2, 0, latent.plain());
    Node absorbed = layer.linearOfHeads(plain, "attn_k_b", latent.rank());
    Node rotated = g.slice(query, 2, latent.plain(), latent.rotated());
    Node value = layer.heads(row, 1);
    Node attended =
        layer.attended(
            g.concat(2, absorbed, rotated),
            g.concat(2, value, tail),
            value,
            scores(latent),
            rotation(layer, latent.rank()));
    Node kept = layer.heads(layer.kept(layer.rows(attended)), layer.model().heads().queries());
    Node values = layer.linearOfHeads(kept, "attn_v_b", latent.valueSize());
    return layer.linear(layer.rows(values), "attn_output", layer.model().embeddingLength());
  }

  private static AttentionScores scores(LatentAttention latent) {
    return new AttentionScores(latent.scale(), 0, 0);
  }

  private static Rotation rotation(Layer layer, int start) {
    RopeScaling scaling = layer.model().rope().scaling().withoutMagnitude();
    Rotation tail = new TailRotation(layer.rotation(scaling), start);
    return layer.tempered(tail, layer.model().temperature());
  }
}
