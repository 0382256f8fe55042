package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.SwigluOai;
import org.jgml.kvcache.AttentionScores;

/// The block of gpt-oss (OpenAI 2025, section 2): Mixtral's with biases everywhere, a learned score
/// in each softmax that draws attention to nothing, a sliding window in every other layer, and a
/// clamped unit in the experts.
final class GptOssBlock implements Block {
  private static final int PERIOD = 2;
  private static final SwigluOai UNIT = new SwigluOai(1.702f, 7);

  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.rmsNorm(residual, "post_attention_norm");
    Routing routing = Routing.softmaxOfChosen(layer, normed);
    return g.add(residual, layer.experts(normed, routing, (gate, up) -> g.apply(UNIT, gate, up)));
  }

  private static Node attention(Layer layer, Node x) {
    AttentionScores scores = layer.model().scores();
    return layer.attend(
        layer.query(x),
        layer.key(x),
        layer.value(x),
        layer.seesAll(PERIOD) ? scores.global() : scores,
        layer.rotation());
  }
}
