package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;

/// The block of GPT-NeoX and Pythia (Black et al. 2022, section 2): one matrix for queries, keys
/// and values, rotary positions in a part of each head, a GELU without a gate. Most models feed
/// both parts from the same stream, each through a layer norm of its own.
final class GptNeoxBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node kept = layer.kept(x);
    Node attended = Phi3Block.attention(layer, layer.layerNorm(x, "attn_norm"));
    Node residual = g.add(kept, attended);
    Node read = layer.model().parallelResidual() ? kept : residual;
    Node fed = layer.feedForward(Unary.Kind.GELU_ERF, layer.layerNorm(read, "ffn_norm"));
    return g.add(residual, fed);
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }
}
