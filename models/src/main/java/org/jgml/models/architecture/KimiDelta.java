package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphVocabulary;
import org.jgml.core.graph.Node;
import org.jgml.core.op.L2Norm;
import org.jgml.core.op.LinearAttention;
import org.jgml.core.op.Unary;

/// A layer of Kimi Delta Attention (Kimi Team 2025, *Kimi Linear*, section 3): a gated delta net
/// that keeps each row of a state to a part of its own.
@GraphVocabulary
record KimiDelta(Layer layer) {
  /// What the layer makes of normalised rows, in the rows that what follows needs.
  Node of(Node x) {
    GraphBuilder g = layer.graph();
    Node query = unit(convolved(x, "attn_q", "ssm_conv1d_q"));
    Node key = unit(convolved(x, "attn_k", "ssm_conv1d_k"));
    Node value = convolved(x, "attn_v", "ssm_conv1d_v");
    Node scaled = g.scale(query, (float) (1 / Math.sqrt(size())), 0);
    Node beta = g.unary(Unary.Kind.SIGMOID, layer.linear(x, "ssm_beta", heads()));
    Node output = remembered(scaled, key, value, decay(x), layer.heads(beta, heads()));
    Node gate = g.unary(Unary.Kind.SIGMOID, throughShortRow(x, "ssm_g"));
    Node gated = g.mul(layer.rmsNorm(output, "ssm_norm"), layer.heads(gate, heads()));
    return layer.linear(
        layer.kept(layer.rows(gated)), "attn_output", layer.model().embeddingLength());
  }

  private int heads() {
    return layer.model().recurrence().valueHeads();
  }

  private int size() {
    return layer.model().recurrence().keySize();
  }

  private long width() {
    return (long) heads() * size();
  }

  private Node convolved(Node x, String projection, String kernel) {
    Node all = layer.memory().convolve(layer.linear(x, projection, width()), kernel);
    return layer.heads(layer.graph().unary(Unary.Kind.SILU, all), heads());
  }

  /// Each head at length 1.
  private Node unit(Node heads) {
    return layer.graph().apply(new L2Norm(layer.model().normEpsilon()), heads);
  }

  /// Through two matrices with a row as long as a head between them.
  private Node throughShortRow(Node x, String name) {
    return layer.linear(layer.linear(x, name + "_a", size()), name + "_b", width());
  }

  /// `exp(a · softplus(f + bias))` for each row of the states, where `a` is negative.
  private Node decay(Node x) {
    GraphBuilder g = layer.graph();
    Node biased = layer.biased(throughShortRow(x, "ssm_f"), "ssm_dt");
    Node softplus = layer.heads(g.unary(Unary.Kind.SOFTPLUS, biased), heads());
    Node rates = g.reshape(layer.elements("ssm_a", heads()), heads(), 1);
    return g.unary(Unary.Kind.EXP, g.mul(softplus, rates));
  }

  /// Reads the tokens into the state, and from it, `[tokens, heads, size]`.
  private Node remembered(Node query, Node key, Node value, Node decay, Node beta) {
    GraphBuilder g = layer.graph();
    long tokens = value.type().shape().dim(0);
    Node state = layer.memory().state("delta", heads(), size(), size());
    Node all =
        g.apply(
            new LinearAttention(LinearAttention.Rule.DELTA), state, query, key, value, decay, beta);
    layer.memory().remember(state, g.slice(all, 1, tokens, size()));
    return g.permute(g.slice(all, 1, 0, tokens), 1, 0, 2);
  }
}
