package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of ModernBERT (Warner et al. 2024, section 2.1): an encoder with layer norms before
/// its parts, rotary positions and a gated unit. One of three layers, the first among them, sees
/// the whole text; the others a window in both directions, with another base of rotation. The first
/// layer reads the stream as it is.
final class ModernBertBlock implements EncoderBlock {
  private static final int PERIOD = 3;

  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node read = layer.has("attn_norm") ? layer.layerNorm(x, "attn_norm") : x;
    Node residual = g.add(layer.kept(x), attention(layer, read));
    Node normed = layer.layerNorm(residual, "ffn_norm");
    return g.add(
        residual, Phi3Block.feedForward(layer.model().activations().unit(), layer, normed));
  }

  private static Node attention(Layer layer, Node x) {
    AttentionScores scores = layer.model().scores();
    boolean global = scores.window() == 0 || layer.seesAllAsFirstOf(PERIOD);
    Rotation rotation = global ? layer.rotation() : layer.localRotation();
    return Phi3Block.attention(layer, x, global ? scores.global() : scores, rotation);
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }
}
