package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of GLM-4.5 (GLM Team 2025, section 2.1): that of dots.llm1 with rotary positions in
/// half of each head; the smaller models have no norms of queries and keys.
final class Glm4MoeBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.rmsNorm(residual, "post_attention_norm");
    return g.add(residual, DeepSeekBlock.feedForward(layer, normed));
  }

  private static Node attention(Layer layer, Node x) {
    return layer.has("attn_q_norm")
        ? Qwen3Block.attention(layer, x)
        : LlamaBlock.attention(layer, x);
  }
}
