package org.jgml.models.architecture;

import org.jgml.core.graph.Node;

/// The block of PLaMo (Preferred Networks 2023): Llama's, both parts side by side after one norm.
final class PlamoBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    Node normed = layer.rmsNorm(x, "attn_norm");
    return CommandRBlock.sum(layer, x, LlamaBlock.attention(layer, normed), normed);
  }
}
