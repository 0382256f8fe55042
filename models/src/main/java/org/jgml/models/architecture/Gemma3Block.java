package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of Gemma 3 (Gemma Team 2025, section 2): that of Gemma 2 with RMS norms of queries and
/// keys instead of soft caps, and five layers with a sliding window, rotated by a base of their
/// own, to each that sees everything.
final class Gemma3Block implements Block {
  private static final int PERIOD = 6;
  private static final int LAYERS_OF_27B = 62;

  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), layer.rmsNorm(attended, "post_attention_norm"));
    Node fed = layer.feedForward(Glu.Kind.GEGLU, layer.rmsNorm(residual, "ffn_norm"));
    return g.add(residual, layer.rmsNorm(fed, "post_ffw_norm"));
  }

  private static Node attention(Layer layer, Node x) {
    boolean global = layer.seesAll(PERIOD);
    AttentionScores local = GemmaBlock.scores(layer.model(), LAYERS_OF_27B);
    Rotation rotation = global ? layer.rotation() : layer.localRotation();
    Node query = layer.rmsNorm(layer.query(x), "attn_q_norm");
    Node key = layer.rmsNorm(layer.key(x), "attn_k_norm");
    return layer.attend(query, key, layer.value(x), global ? local.global() : local, rotation);
  }

  @Override
  public Node stream(GraphBuilder g, ModelTensors tensors, Node embedded) {
    return GemmaBlock.scaledEmbedding(g, tensors, embedded);
  }
}
