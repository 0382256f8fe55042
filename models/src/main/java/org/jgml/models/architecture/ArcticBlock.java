package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Arctic (Snowflake 2024): Llama's, with a mixture beside it that reads what the
/// block reads.
final class ArcticBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    int width = layer.model().embeddingLength();
    Node normed = layer.rmsNorm(residual, "ffn_norm");
    Node dense = g.add(residual, layer.feedForward(Glu.Kind.SWIGLU, normed, width, ""));
    Node read = layer.rmsNorm(layer.kept(x), "ffn_norm_exps");
    return g.add(dense, layer.experts(read, Routing.softmaxOfChosen(layer, read)));
  }
}
