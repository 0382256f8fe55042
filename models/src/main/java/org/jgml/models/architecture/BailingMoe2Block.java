package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of Ling 2 and Ring 2 (Ling Team 2025, section 2): Qwen3's attention with queries, keys
/// and values from one matrix, and the feed-forward part of DeepSeek's later mixtures.
final class BailingMoe2Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = Phi3Block.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, DeepSeekBlock.feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }
}
