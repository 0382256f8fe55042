package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Seed-OSS: that of Qwen2. Files name the norm before the feed-forward part after
/// what it follows.
final class SeedOssBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.rmsNorm(residual, "post_attention_norm");
    return g.add(residual, layer.feedForward(Glu.Kind.SWIGLU, normed));
  }
}
