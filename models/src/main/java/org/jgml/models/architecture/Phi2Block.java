package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;

/// The block of Phi-1.5 and Phi-2 (Li et al. 2023, section 2.1): attention and a GELU without a
/// gate side by side after one layer norm; the output matrix has a bias, too.
final class Phi2Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node normed = layer.layerNorm(x, "attn_norm");
    Node attended = Phi3Block.attention(layer, normed);
    Node fed = layer.feedForward(Unary.Kind.GELU, layer.kept(normed));
    return g.add(g.add(layer.kept(x), attended), fed);
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }
}
