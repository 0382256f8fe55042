package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphVocabulary;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.core.op.LinearAttention;
import org.jgml.core.op.RmsNorm;
import org.jgml.core.op.Unary;

/// A layer of Mamba-2 (Dao and Gu 2024, *Transformers are SSMs*, section 7), in the words of
/// attention: `B` are keys, `C` queries, `x` values, and time steps say how much of the state is
/// kept and how much is written.
@GraphVocabulary
record Mamba2(Layer layer) {
  /// What the layer makes of normalised rows, in the rows that what follows needs.
  Node of(Node x) {
    GraphBuilder g = layer.graph();
    int heads = sizes().valueHeads();
    long mixedWidth = values() + 2 * keys();
    Node all = layer.linear(x, "ssm_in", values() + mixedWidth + heads);
    Node convolved = layer.memory().convolve(g.slice(all, 1, values(), mixedWidth), "ssm_conv1d");
    Node mixed = g.unary(Unary.Kind.SILU, layer.biased(convolved, "ssm_conv1d"));
    Node value = ofValues(g.slice(mixed, 1, 0, values()));
    Node key = ofKeys(g.slice(mixed, 1, values(), keys()));
    Node query = ofKeys(g.slice(mixed, 1, values() + keys(), keys()));
    Node times = g.slice(all, 1, values() + mixedWidth, heads);
    Node steps = g.unary(Unary.Kind.SOFTPLUS, layer.biased(times, "ssm_dt"));
    Node decay = g.unary(Unary.Kind.EXP, g.mul(steps, ofHeads("ssm_a")));
    Node read = remembered(query, key, value, ofValues(decay), ofValues(steps));
    Node direct = g.mul(value, g.reshape(ofHeads("ssm_d"), groups(), shared(), 1));
    Node output = g.reshape(g.add(read, direct), x.type().shape().dim(0), values());
    Node gated = g.glu(Glu.Kind.SWIGLU, g.slice(all, 1, 0, values()), output);
    Node normed = layer.has("ssm_norm") ? normalised(gated) : gated;
    return layer.linear(layer.kept(normed), "ssm_out", layer.model().embeddingLength());
  }

  private Recurrence sizes() {
    return layer.model().recurrence();
  }

  /// Heads of keys and queries, each of which a group of heads of values shares.
  private int groups() {
    return sizes().keyHeads();
  }

  private int shared() {
    return sizes().valueHeads() / sizes().keyHeads();
  }

  private long keys() {
    return (long) sizes().keyHeads() * sizes().keySize();
  }

  private long values() {
    return (long) sizes().valueHeads() * sizes().valueSize();
  }

  /// A number for each head of values.
  private Node ofHeads(String name) {
    return layer.elements(name, sizes().valueHeads());
  }

  private Node ofKeys(Node x) {
    long tokens = x.type().shape().dim(0);
    return layer.graph().reshape(x, tokens, groups(), 1, sizes().keySize());
  }

  private Node ofValues(Node x) {
    long tokens = x.type().shape().dim(0);
    long size = x.type().shape().dim(1) / sizes().valueHeads();
    return layer.graph().reshape(x, tokens, groups(), shared(), size);
  }

  private Node remembered(Node query, Node key, Node value, Node decay, Node steps) {
    GraphBuilder g = layer.graph();
    long tokens = value.type().shape().dim(0);
    long keySize = sizes().keySize();
    Node state = layer.memory().state("ssm", groups(), shared(), keySize, sizes().valueSize());
    LinearAttention sum = new LinearAttention(LinearAttention.Rule.SUM);
    Node all = g.apply(sum, state, query, key, value, decay, steps);
    layer.memory().remember(state, g.slice(all, 2, tokens, keySize));
    return g.permute(g.slice(all, 2, 0, tokens), 2, 0, 1, 3);
  }

  /// Each group of heads by itself, times a learned scale.
  private Node normalised(Node rows) {
    GraphBuilder g = layer.graph();
    long width = values() / groups();
    Node heads = layer.heads(rows, groups());
    Node normed = g.apply(new RmsNorm(layer.model().normEpsilon(), false), heads);
    return layer.rows(g.mul(normed, layer.bareMatrix("ssm_norm.weight", groups(), width)));
  }
}
