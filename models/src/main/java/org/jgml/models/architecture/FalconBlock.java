package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;

/// The block of Falcon (Almazrouei et al. 2023, section 3.2): attention with few key heads and a
/// GELU without a gate, side by side after a layer norm; the larger models have one for each.
final class FalconBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node normed = layer.layerNorm(x, "attn_norm");
    Node read = layer.has("attn_norm_2") ? layer.layerNorm(x, "attn_norm_2") : normed;
    Node attended = Phi3Block.attention(layer, read);
    Node fed = layer.feedForward(Unary.Kind.GELU_ERF, layer.kept(normed));
    return g.add(g.add(layer.kept(x), attended), fed);
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }
}
