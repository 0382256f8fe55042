package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of Ministral 3 (Liu et al. 2026, section 2): Llama's with a head size of its own, and
/// queries that grow with their position beyond the trained length.
final class Mistral3Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, LlamaBlock.feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  private static Node attention(Layer layer, Node x) {
    return layer.attend(
        layer.query(x),
        layer.key(x),
        layer.value(x),
        layer.model().scores().global(),
        layer.tempered(layer.rotation(), layer.model().temperature()));
  }
}
