package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of PLM (Deng et al. 2025, section 2): latent attention, and a squared ReLU without a
/// gate.
final class PlmBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = DeepSeek2Block.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, ArceeBlock.feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }
}
