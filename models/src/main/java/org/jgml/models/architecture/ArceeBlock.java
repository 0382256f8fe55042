package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;

/// The block of Arcee's AFM: Llama's attention, and a feed-forward part without a gate whose
/// activation is a squared ReLU (So et al. 2021, *Primer*, section 4.1).
final class ArceeBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  static Node feedForward(Layer layer, Node x) {
    return feedForward(layer, x, layer.model().feedForwardLength(), "");
  }

  /// That of the tensors whose names end so.
  static Node feedForward(Layer layer, Node x, int width, String ending) {
    GraphBuilder g = layer.graph();
    Node up = layer.linear(x, "ffn_up" + ending, width);
    Node squared = g.unary(Unary.Kind.SQR, g.unary(Unary.Kind.RELU, up));
    return layer.linear(squared, "ffn_down" + ending, layer.model().embeddingLength());
  }
}
