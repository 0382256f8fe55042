package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of Apertus (Hernández-Cano et al. 2025, section 2.1): Qwen3's attention, and a
/// feed-forward part without a gate whose activation has learned constants in each layer.
final class ApertusBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = Qwen3Block.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  private static Node feedForward(Layer layer, Node x) {
    Node up = layer.linear(x, "ffn_up", layer.model().feedForwardLength());
    Node activated =
        layer.graph().apply(layer.model().activations().learned().get(layer.index()), up);
    return layer.linear(activated, "ffn_down", layer.model().embeddingLength());
  }
}
