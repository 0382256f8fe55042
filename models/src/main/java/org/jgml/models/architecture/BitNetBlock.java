package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of BitNet b1.58 (Ma et al. 2024, section 2): Llama's, of ternary matrices; what goes
/// into the last matrix of either part is normalised once more.
final class BitNetBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  private static Node attention(Layer layer, Node x) {
    Hyperparameters model = layer.model();
    Node attended =
        layer.attended(
            layer.query(x),
            layer.key(x),
            layer.value(x),
            model.scores().global(),
            layer.rotation());
    Node normed = layer.rmsNorm(layer.kept(layer.rows(attended)), "attn_sub_norm");
    return layer.linear(normed, "attn_output", model.embeddingLength());
  }

  private static Node feedForward(Layer layer, Node x) {
    int width = layer.model().feedForwardLength();
    Node gate = layer.linear(x, "ffn_gate", width);
    Node up = layer.linear(x, "ffn_up", width);
    Node inner = layer.graph().glu(layer.model().activations().unit(), gate, up);
    return layer.linear(
        layer.rmsNorm(inner, "ffn_sub_norm"), "ffn_down", layer.model().embeddingLength());
  }
}
