package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of StableLM (Bellagente et al. 2024, section 3): layer norms and a SwiGLU. Models
/// without a second norm feed both parts from the first, side by side; some norm each head of
/// queries and keys.
final class StableLmBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node normed = layer.layerNorm(x, "attn_norm");
    Node residual = g.add(layer.kept(x), attention(layer, normed));
    Node read = layer.has("ffn_norm") ? layer.layerNorm(residual, "ffn_norm") : layer.kept(normed);
    return g.add(residual, layer.feedForward(Glu.Kind.SWIGLU, read));
  }

  static Node attention(Layer layer, Node x) {
    Node query = normed(layer, layer.query(x), "attn_q_norm");
    Node key = normed(layer, layer.key(x), "attn_k_norm");
    return layer.attend(query, key, layer.value(x));
  }

  private static Node normed(Layer layer, Node heads, String name) {
    return layer.has(name) ? layer.layerNormOfHeads(heads, name) : heads;
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }
}
