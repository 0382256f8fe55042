package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of the first Qwen (Bai et al. 2023, section 2.3): Llama's. Files give the width of
/// gate and up together.
final class QwenBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.rmsNorm(residual, "ffn_norm");
    int width = layer.model().feedForwardLength() / 2;
    return g.add(residual, layer.feedForward(Glu.Kind.SWIGLU, normed, width, ""));
  }
}
