package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of DBRX (Mosaic Research 2024): Mixtral's with layer norms that have no biases, and
/// queries, keys and values within a bound.
final class DbrxBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.layerNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.layerNorm(residual, "attn_output_norm");
    return g.add(residual, layer.experts(normed, Routing.softmaxOfChosen(layer, normed)));
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }
}
