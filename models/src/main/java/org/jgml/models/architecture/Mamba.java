package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphVocabulary;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.core.op.LinearAttention;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.Shape;

/// A layer of the first Mamba (Gu and Dao 2023, section 3.4), in the words of attention: `B` are
/// keys, `C` queries, and each channel is a head with values of one element. Each element of a
/// state is kept to a part of its own.
@GraphVocabulary
record Mamba(Layer layer) {
  /// What the layer makes of normalised rows, in the rows that what follows needs.
  Node of(Node x) {
    GraphBuilder g = layer.graph();
    long rank = sizes().stepRank();
    long keys = sizes().keySize();
    Node both = layer.linear(x, "ssm_in", 2 * channels());
    Node convolved = layer.memory().convolve(g.slice(both, 1, 0, channels()), "ssm_conv1d");
    Node value = g.unary(Unary.Kind.SILU, layer.biased(convolved, "ssm_conv1d"));
    Node all = layer.linear(value, "ssm_x", rank + 2 * keys);
    Node times = normed(g.slice(all, 1, 0, rank), "ssm_dt_norm");
    Node steps = g.unary(Unary.Kind.SOFTPLUS, layer.linear(times, "ssm_dt", channels()));
    Node key = normed(g.slice(all, 1, rank, keys), "ssm_b_norm");
    Node query = normed(g.slice(all, 1, rank + keys, keys), "ssm_c_norm");
    Node read = remembered(query, key, value, steps);
    Node output = g.add(read, g.mul(value, layer.bareVector("ssm_d", channels())));
    Node gated = g.glu(Glu.Kind.SWIGLU, g.slice(both, 1, channels(), channels()), output);
    return layer.linear(layer.kept(gated), "ssm_out", layer.model().embeddingLength());
  }

  private Recurrence sizes() {
    return layer.model().recurrence();
  }

  private long channels() {
    return sizes().valueHeads();
  }

  /// Some normalise these, with a scale or without.
  private Node normed(Node x, String name) {
    if (layer.has(name)) {
      return layer.rmsNorm(x, name);
    }
    return sizes().normsSteps() ? layer.rmsNorm(x) : x;
  }

  /// `exp(a · step)` for each element of the states, where `a` is negative.
  private Node decay(Node steps) {
    GraphBuilder g = layer.graph();
    Node rates = layer.bareMatrix("ssm_a", channels(), sizes().keySize());
    return g.unary(Unary.Kind.EXP, g.mul(ofChannels(steps), rates));
  }

  /// Reads the tokens into the states, and from them, `[tokens, channels]`.
  private Node remembered(Node query, Node key, Node value, Node steps) {
    GraphBuilder g = layer.graph();
    Shape shape = value.type().shape();
    long tokens = shape.dim(0);
    long keys = sizes().keySize();
    Node state = layer.memory().state("ssm", channels(), keys, 1);
    Node all =
        g.apply(
            new LinearAttention(LinearAttention.Rule.SUM),
            state,
            layer.heads(query, 1),
            layer.heads(key, 1),
            ofChannels(value),
            decay(steps),
            ofChannels(steps));
    layer.memory().remember(state, g.slice(all, 1, tokens, keys));
    return g.reshape(g.permute(g.slice(all, 1, 0, tokens), 1, 0, 2), tokens, channels());
  }

  /// `[tokens, channels]` as `[tokens, channels, 1]`.
  private Node ofChannels(Node x) {
    return layer.graph().reshape(x, x.type().shape().dim(0), channels(), 1);
  }
}
