package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of Jais (Sengupta et al. 2023, section 3.1): layer norms, scores that fall with the
/// distance, and a SwiGLU. Maximal update parametrisation divides scores by the size of a head
/// instead of its root.
final class JaisBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.layerNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.layerNorm(residual, "ffn_norm");
    return g.add(residual, layer.feedForward(Glu.Kind.SWIGLU, normed));
  }

  private static Node attention(Layer layer, Node x) {
    Hyperparameters model = layer.model();
    AttentionScores scores = model.scores().withScale(1f / model.heads().keySize());
    return layer.attend(layer.query(x), layer.key(x), layer.value(x), scores, Rotation.NONE);
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }
}
