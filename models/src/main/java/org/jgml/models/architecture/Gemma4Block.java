package org.jgml.models.architecture;

import java.util.List;
import java.util.Optional;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.core.op.SetSlice;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.Shape;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of Gemma 4 (Gemma Team 2026): that of Gemma 3 with unscaled scores and norms of
/// values, where layers that see everything have heads of their own size. The last layers of small
/// models attend to keys of earlier ones, and all read a row of their own for each token; large
/// models may have experts beside the feed-forward part.
final class Gemma4Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), layer.rmsNorm(attended, "post_attention_norm"));
    Node fed = layer.rmsNorm(feedForward(layer, residual), "post_ffw_norm");
    Node y = withInput(layer, g.add(residual, fed));
    return layer.has("layer_output_scale") ? g.mul(y, layer.vector("layer_output_scale", 1)) : y;
  }

  /// Files without values use keys as they are before their norm.
  static Node attention(Layer layer, Node x) {
    Node query = layer.rmsNorm(layer.query(x), "attn_q_norm");
    if (layer.borrowsKeys()) {
      return layer.attendAgain(query, scores(layer), rotation(layer));
    }
    Node key = layer.key(x);
    Node value = layer.has("attn_v") ? layer.value(x) : key;
    Node normed = layer.rmsNorm(key, "attn_k_norm");
    return layer.attend(query, normed, layer.rmsNorm(value), scores(layer), rotation(layer));
  }

  private static AttentionScores scores(Layer layer) {
    AttentionScores scores = layer.model().scores().withScale(1);
    return layer.isLocal() ? scores : scores.global();
  }

  private static Rotation rotation(Layer layer) {
    return layer.isLocal() ? layer.localRotation() : layer.rotation();
  }

  private static Node feedForward(Layer layer, Node x) {
    Node fed = layer.feedForward(Glu.Kind.GEGLU, layer.rmsNorm(x, "ffn_norm"));
    if (!layer.has("ffn_gate_inp")) {
      return fed;
    }
    Node chosen = layer.rmsNorm(experts(layer, x), "post_ffw_norm_2");
    return layer.graph().add(layer.rmsNorm(fed, "post_ffw_norm_1"), chosen);
  }

  /// Experts are chosen by the stream, normalised and scaled, and read it through a norm.
  private static Node experts(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    int width = layer.model().embeddingLength();
    Node scaled = g.scale(layer.rmsNorm(x), (float) (1 / Math.sqrt(width)), 0);
    Node judged = g.mul(scaled, layer.scales("ffn_gate_inp", width));
    Routing routing = Routing.softmaxOfChosen(layer, judged);
    Node answerScales = layer.scales("ffn_down_exps", layer.model().experts().count());
    return layer.experts(
        layer.rmsNorm(x, "pre_ffw_norm_2"),
        routing.times(g, answerScales),
        (gate, up) -> g.glu(Glu.Kind.GEGLU, gate, up));
  }

  private static Node withInput(Layer layer, Node x) {
    return layer.input().map(input -> layer.graph().add(x, fromInput(layer, x, input))).orElse(x);
  }

  /// What a layer makes of its own input, gated by the stream.
  static Node fromInput(Layer layer, Node x, Node input) {
    GraphBuilder g = layer.graph();
    Node gate = layer.linear(x, "inp_gate", layer.model().gemma().layerInputLength());
    Node gated = g.mul(g.unary(Unary.Kind.GELU, gate), input);
    return layer.rmsNorm(layer.linear(gated, "proj", layer.model().embeddingLength()), "post_norm");
  }

  @Override
  public Node stream(GraphBuilder g, ModelTensors tensors, Node embedded) {
    return GemmaBlock.scaledEmbedding(g, tensors, embedded);
  }

  @Override
  public Optional<Node> layerInputs(
      GraphBuilder g, ModelTensors tensors, Node tokens, Node stream) {
    return LayerInputs.of(g, tensors, tokens, stream);
  }

  @Override
  public Node logits(GraphBuilder g, ModelTensors tensors, Node x, Node matrix) {
    List<Integer> suppressed = tensors.hyperparameters().gemma().suppressedTokens();
    return suppressed.isEmpty()
        ? Gemma2Block.boundedLogits(g, tensors, x, matrix)
        : without(suppressed, g, Gemma2Block.boundedLogits(g.scope("all"), tensors, x, matrix));
  }

  /// Logits that are minus infinity for some tokens.
  private static Node without(List<Integer> suppressed, GraphBuilder g, Node logits) {
    long rows = logits.type().shape().dim(0);
    Node never = g.broadcast(g.constant(Shape.of(1), Float.NEGATIVE_INFINITY), rows, 1);
    Node rest = logits;
    for (int token : suppressed.subList(1, suppressed.size())) {
      rest = g.apply(replacing(token), rest, never);
    }
    return g.named(LOGITS).apply(replacing(suppressed.getFirst()), rest, never);
  }

  private static SetSlice replacing(long token) {
    return new SetSlice(List.of(0L, token), SetSlice.Update.REPLACE);
  }
}
