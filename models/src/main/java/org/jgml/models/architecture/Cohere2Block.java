package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of Command R7B and Command A (Cohere Team 2025, section 2): that of Command R, where
/// three of four layers rotate and see a sliding window, and the fourth sees everything without
/// position embedding.
final class Cohere2Block implements Block {
  private static final int PERIOD = 4;

  @Override
  public Node build(Layer layer, Node x) {
    Node normed = layer.layerNorm(x, "attn_norm");
    return CommandRBlock.sum(layer, x, attention(layer, normed), normed);
  }

  private static Node attention(Layer layer, Node x) {
    boolean global = layer.seesAll(PERIOD);
    return layer.attend(
        layer.query(x),
        layer.key(x),
        layer.value(x),
        global ? layer.model().scores().global() : layer.model().scores(),
        global ? Rotation.NONE : layer.rotation());
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }

  @Override
  public Node logits(GraphBuilder g, ModelTensors tensors, Node x, Node matrix) {
    return CommandRBlock.scaledLogits(g, tensors, x, matrix);
  }
}
