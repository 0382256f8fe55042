package org.jgml.models.architecture;

import java.util.Optional;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.core.op.Mean;
import org.jgml.core.op.SumRows;
import org.jgml.core.op.Unary;

/// The block of Gemma 3n (Gemma Team 2025): attention and inputs of layers as in Gemma 4, beside a
/// learned product of low rank, on one of several streams; [AlternatingStreams] are those. In the
/// first layers only what is large among its neighbours passes the gate.
///
/// The residual stream is `[tokens, streams, embeddingLength]`.
final class Gemma3nBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    AlternatingStreams streams = new AlternatingStreams(layer);
    Node predicted = streams.predict(x);
    Node active = streams.active(predicted);
    Node normed = layer.rmsNorm(active, "attn_norm");
    Node attended = layer.rmsNorm(Gemma4Block.attention(layer, normed), "post_attention_norm");
    Node seen = g.add(layer.kept(active), attended);
    Node both = g.scale(g.add(seen, layer.kept(lowRank(layer, normed))), (float) Math.sqrt(0.5), 0);
    Node fed = feedForward(layer, layer.rmsNorm(both, "ffn_norm"));
    Node activated = g.add(both, layer.rmsNorm(fed, "post_ffw_norm"));
    Node corrected = streams.correct(streams.kept(predicted), activated);
    return layer
        .input()
        .map(input -> withInput(layer, streams, corrected, input))
        .orElse(corrected);
  }

  private static Node lowRank(Layer layer, Node x) {
    Node narrow = layer.linearToAll(x, "laurel_l");
    Node wide = layer.linear(narrow, "laurel_r", layer.model().embeddingLength());
    return layer.graph().add(x, layer.rmsNorm(wide, "laurel_post_norm"));
  }

  private static Node feedForward(Layer layer, Node x) {
    int width = layer.model().feedForwardLength();
    Node gate = layer.linear(x, "ffn_gate", width);
    Node passed = layer.sparsity().map(deviations -> largest(layer, gate, deviations)).orElse(gate);
    Node inner = layer.graph().glu(Glu.Kind.GEGLU, passed, layer.linear(x, "ffn_up", width));
    return layer.linear(inner, "ffn_down", layer.model().embeddingLength());
  }

  /// By how much elements exceed the mean of their row plus so many standard deviations.
  private static Node largest(Layer layer, Node x, float deviations) {
    GraphBuilder g = layer.graph();
    Node centred = g.sub(x, g.apply(new Mean(), x));
    Node squares = g.apply(new SumRows(), g.unary(Unary.Kind.SQR, centred));
    float divisor = x.type().shape().rowLength() - 1;
    Node deviation = g.unary(Unary.Kind.SQRT, g.scale(squares, 1 / divisor, 0));
    return g.unary(Unary.Kind.RELU, g.sub(centred, g.scale(deviation, deviations, 0)));
  }

  /// The input of the layer, gated by the active stream, goes to all streams but the first.
  private static Node withInput(Layer layer, AlternatingStreams streams, Node x, Node input) {
    GraphBuilder g = layer.graph();
    Node scale = layer.vector("altup_correct_scale", layer.model().embeddingLength());
    Node gating = g.mul(streams.active(x), scale);
    return streams.plusBehindFirst(x, Gemma4Block.fromInput(layer, gating, input));
  }

  @Override
  public Node stream(GraphBuilder g, ModelTensors tensors, Node embedded) {
    return AlternatingStreams.begin(g, tensors, GemmaBlock.scaledEmbedding(g, tensors, embedded));
  }

  @Override
  public Optional<Node> layerInputs(
      GraphBuilder g, ModelTensors tensors, Node tokens, Node stream) {
    return LayerInputs.of(g, tensors, tokens, AlternatingStreams.first(g, stream));
  }

  @Override
  public Node merged(GraphBuilder g, ModelTensors tensors, Node x) {
    return AlternatingStreams.merge(g, tensors, x);
  }

  @Override
  public Node logits(GraphBuilder g, ModelTensors tensors, Node x, Node matrix) {
    return Gemma2Block.boundedLogits(g, tensors, x, matrix);
  }
}
