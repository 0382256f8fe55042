package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Command R (Cohere 2024): attention and a SwiGLU side by side after one layer norm
/// without a bias; logits times a constant. Command R+ norms each head of queries and keys.
final class CommandRBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    Node normed = layer.layerNorm(x, "attn_norm");
    return sum(layer, x, StableLmBlock.attention(layer, normed), normed);
  }

  /// The stream, what was attended, and what the feed-forward part makes of the normed stream.
  static Node sum(Layer layer, Node x, Node attended, Node normed) {
    GraphBuilder g = layer.graph();
    Node fed = layer.feedForward(Glu.Kind.SWIGLU, layer.kept(normed));
    return g.add(g.add(layer.kept(x), attended), fed);
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }

  @Override
  public Node logits(GraphBuilder g, ModelTensors tensors, Node x, Node matrix) {
    return scaledLogits(g, tensors, x, matrix);
  }

  static Node scaledLogits(GraphBuilder g, ModelTensors tensors, Node x, Node matrix) {
    float factor = tensors.hyperparameters().multipliers().logits();
    return g.named(LOGITS).scale(g.matmul(x, matrix), factor, 0);
  }
}
