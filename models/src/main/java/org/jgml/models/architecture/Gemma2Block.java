package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.core.op.Unary;
import org.jgml.kvcache.AttentionScores;

/// The block of Gemma 2 (Gemma Team 2024, section 2): RMS norms before and after both parts, soft
/// caps on attention and logits, and a sliding window in every other layer.
final class Gemma2Block implements Block {
  private static final int LAYERS_OF_27B = 46;

  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), layer.rmsNorm(attended, "post_attention_norm"));
    Node fed = layer.feedForward(Glu.Kind.GEGLU, layer.rmsNorm(residual, "ffn_norm"));
    return g.add(residual, layer.rmsNorm(fed, "post_ffw_norm"));
  }

  private static Node attention(Layer layer, Node x) {
    AttentionScores local = GemmaBlock.scores(layer.model(), LAYERS_OF_27B);
    AttentionScores scores = layer.seesAll(2) ? local.global() : local;
    return layer.attend(layer.query(x), layer.key(x), layer.value(x), scores, layer.rotation());
  }

  @Override
  public Node stream(GraphBuilder g, ModelTensors tensors, Node embedded) {
    return GemmaBlock.scaledEmbedding(g, tensors, embedded);
  }

  @Override
  public Node logits(GraphBuilder g, ModelTensors tensors, Node x, Node matrix) {
    return boundedLogits(g, tensors, x, matrix);
  }

  static Node boundedLogits(GraphBuilder g, ModelTensors tensors, Node x, Node matrix) {
    float cap = tensors.hyperparameters().gemma().logitSoftCap();
    if (cap == 0) {
      return g.named(LOGITS).matmul(x, matrix);
    }
    Node bounded = g.unary(Unary.Kind.TANH, g.scale(g.matmul(x, matrix), 1 / cap, 0));
    return g.named(LOGITS).scale(bounded, cap, 0);
  }
}
