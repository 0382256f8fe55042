package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of K-EXAONE (LG AI Research 2026, section 2): EXAONE 4's attention behind a norm, and
/// the feed-forward part of DeepSeek's later mixtures.
final class ExaoneMoeBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = Exaone4Block.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, DeepSeekBlock.feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }
}
