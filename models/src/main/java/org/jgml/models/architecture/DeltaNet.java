package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphVocabulary;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.core.op.L2Norm;
import org.jgml.core.op.LinearAttention;
import org.jgml.core.op.Unary;

/// A layer that remembers by the gated delta rule (Yang et al. 2024, *Gated Delta Networks*,
/// section 3): queries, keys and values are convolved along the text first, keys and queries have
/// length 1, and what is read from the state is normalised and gated.
@GraphVocabulary
record DeltaNet(Layer layer, Heads heads) {
  /// How value heads share the heads of keys, in the order in which files have them.
  enum Heads {
    /// Neighbours share one.
    IN_GROUPS,
    /// Each takes the next, from the first again after the last.
    IN_TURNS
  }

  /// What queries, keys and values are convolved from, `[tokens, …]` one after the other, and the
  /// gate, `[tokens, values]`.
  private record Projections(Node mixed, Node gate) {}

  /// @param forget before it decides how much of the state is kept, `[tokens, valueHeads]`
  /// @param write before it decides how much is written
  private record Strengths(Node forget, Node write) {}

  /// What the layer makes of normalised rows, in the rows that what follows needs.
  Node of(Node x) {
    GraphBuilder g = layer.graph();
    Projections projections = layer.has("ssm_in") ? joined(x) : apart(x);
    Node mixed =
        g.unary(Unary.Kind.SILU, layer.memory().convolve(projections.mixed(), "ssm_conv1d"));
    Node query = ofKeys(unit(g.slice(mixed, 1, 0, keys())));
    Node key = ofKeys(unit(g.slice(mixed, 1, keys(), keys())));
    Node value = ofValues(g.slice(mixed, 1, 2 * keys(), values()));
    Node scaled = g.scale(query, (float) (1 / Math.sqrt(sizes().keySize())), 0);
    Strengths strengths = strengths(x);
    Node output = remembered(scaled, key, value, decay(strengths), beta(strengths));
    Node normed = layer.rmsNorm(output, "ssm_norm");
    Node gated = g.glu(Glu.Kind.SWIGLU, ofValues(projections.gate()), normed);
    Node rows = g.reshape(gated, x.type().shape().dim(0), values());
    return layer.linear(layer.kept(rows), "ssm_out", layer.model().embeddingLength());
  }

  private Recurrence sizes() {
    return layer.model().recurrence();
  }

  private long keys() {
    return (long) sizes().keyHeads() * sizes().keySize();
  }

  private long values() {
    return (long) sizes().valueHeads() * sizes().valueSize();
  }

  /// Value heads that share a key head.
  private int shared() {
    return sizes().valueHeads() / sizes().keyHeads();
  }

  private Projections apart(Node x) {
    Node mixed = layer.linear(x, "attn_qkv", 2 * keys() + values());
    return new Projections(mixed, layer.linear(x, "attn_gate", values()));
  }

  /// Older files have all that belongs to a key head side by side.
  private Projections joined(Node x) {
    GraphBuilder g = layer.graph();
    long size = sizes().keySize();
    long width = (long) shared() * sizes().valueSize();
    Node all = layer.heads(layer.linear(x, "ssm_in", 2 * (keys() + values())), sizes().keyHeads());
    Node query = layer.rows(g.slice(all, 2, 0, size));
    Node key = layer.rows(g.slice(all, 2, size, size));
    Node value = layer.rows(g.slice(all, 2, 2 * size, width));
    Node gate = layer.rows(g.slice(all, 2, 2 * size + width, width));
    return new Projections(g.concat(1, g.concat(1, query, key), value), gate);
  }

  private Strengths strengths(Node x) {
    GraphBuilder g = layer.graph();
    int count = sizes().valueHeads();
    if (!layer.has("ssm_ba")) {
      return new Strengths(layer.linear(x, "ssm_alpha", count), layer.linear(x, "ssm_beta", count));
    }
    Node both = layer.heads(layer.linear(x, "ssm_ba", 2L * count), sizes().keyHeads());
    return new Strengths(
        layer.rows(g.slice(both, 2, shared(), shared())),
        layer.rows(g.slice(both, 2, 0, shared())));
  }

  /// `exp(a · softplus(forget + bias))`, where `a` is negative.
  private Node decay(Strengths strengths) {
    GraphBuilder g = layer.graph();
    Node softplus = g.unary(Unary.Kind.SOFTPLUS, layer.biased(strengths.forget(), "ssm_dt"));
    Node rate = layer.bareVector("ssm_a", sizes().valueHeads());
    return ofValues(g.unary(Unary.Kind.EXP, g.mul(softplus, rate)));
  }

  private Node beta(Strengths strengths) {
    return ofValues(layer.graph().unary(Unary.Kind.SIGMOID, strengths.write()));
  }

  /// Each head of rows of keys or queries at length 1.
  private Node unit(Node rows) {
    Node heads = layer.heads(rows, sizes().keyHeads());
    return layer.graph().apply(new L2Norm(layer.model().normEpsilon()), heads);
  }

  /// Heads of keys `[tokens, keyHeads, n]` with an axis of extent 1 for the value heads that share
  /// them.
  private Node ofKeys(Node x) {
    long tokens = x.type().shape().dim(0);
    return switch (heads) {
      case IN_GROUPS -> layer.graph().reshape(x, tokens, sizes().keyHeads(), 1, sizes().keySize());
      case IN_TURNS -> layer.graph().reshape(x, tokens, 1, sizes().keyHeads(), sizes().keySize());
    };
  }

  /// Rows of all value heads, `[tokens, valueHeads · n]`, with two axes of heads.
  private Node ofValues(Node x) {
    long tokens = x.type().shape().dim(0);
    long size = x.type().shape().dim(1) / sizes().valueHeads();
    return switch (heads) {
      case IN_GROUPS -> layer.graph().reshape(x, tokens, sizes().keyHeads(), shared(), size);
      case IN_TURNS -> layer.graph().reshape(x, tokens, shared(), sizes().keyHeads(), size);
    };
  }

  /// Reads the tokens into the state, and from it, `[tokens, heads, heads, valueSize]`.
  private Node remembered(Node query, Node key, Node value, Node decay, Node beta) {
    GraphBuilder g = layer.graph();
    long tokens = value.type().shape().dim(0);
    long first = value.type().shape().dim(1);
    long second = value.type().shape().dim(2);
    Node state =
        layer.memory().state("delta", first, second, sizes().keySize(), sizes().valueSize());
    Node all =
        g.apply(
            new LinearAttention(LinearAttention.Rule.DELTA), state, query, key, value, decay, beta);
    layer.memory().remember(state, g.slice(all, 2, tokens, sizes().keySize()));
    return g.permute(g.slice(all, 2, 0, tokens), 2, 0, 1, 3);
  }
}
