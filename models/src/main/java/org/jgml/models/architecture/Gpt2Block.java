package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;

/// The block of GPT-2 (Radford et al. 2019, section 2.3): attention and a feed-forward part with a
/// GELU and no gate, each after a layer norm, and biases everywhere. StarCoder (Li et al. 2023,
/// section 5.2) has few key heads; StarCoder 2 (Lozhkov et al. 2024, section 6.1) and CodeShell
/// rotate instead of learning positions.
///
/// @param learnsPositions whether each position has a vector of its own
record Gpt2Block(boolean learnsPositions) implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    return build(layer, x, LlamaBlock.attention(layer, layer.layerNorm(x, "attn_norm")));
  }

  /// The rest of the block after attention.
  static Node build(Layer layer, Node x, Node attended) {
    GraphBuilder g = layer.graph();
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.layerNorm(residual, "ffn_norm");
    return g.add(residual, layer.feedForward(Unary.Kind.GELU, normed));
  }

  @Override
  public boolean learnsPositions(ModelTensors tensors) {
    return learnsPositions;
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }
}
