package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.CacheGraph;
import org.jgml.kvcache.LayerAttention;

/// Attention of every token of a text to every other: nothing is remembered. The input `positions`
/// I32 `[tokens]` numbers them.
final class WholeText implements CacheGraph {
  private final int tokens;
  private final float bias;
  private final Node positions;
  private final Node nearness;

  /// @param bias the largest exponent of the slopes by which scores fall with the distance (Press
  ///   et al. 2021, section 3); 0 if they do not
  WholeText(GraphBuilder g, int tokens, float bias) {
    this.tokens = tokens;
    this.bias = bias;
    positions = g.input("positions", DataType.I32, tokens);
    nearness = bias == 0 ? null : nearness(g);
  }

  /// Minus the distance of each token to each other, `[tokens, tokens]`.
  private Node nearness(GraphBuilder g) {
    Node place = g.cast(positions, DataType.F32);
    Node difference = g.sub(g.reshape(place, tokens, 1), g.reshape(place, 1, tokens));
    return g.unary(Unary.Kind.NEG, g.unary(Unary.Kind.ABS, difference));
  }

  @Override
  public Node attend(GraphBuilder g, LayerAttention layer) {
    Node query = layer.rotation().rotate(g, layer.query(), positions);
    Node key = layer.rotation().rotate(g, layer.key(), positions);
    AttentionScores scores = layer.scores();
    return nearness == null
        ? g.attention(
            new Attention(scores.scale(), scores.softCap(), 0, AttentionMask.none(), false),
            query,
            key,
            layer.value())
        : g.attention(
            new Attention(scores.scale(), scores.softCap(), bias, AttentionMask.explicit(), false),
            query,
            key,
            layer.value(),
            nearness);
  }

  @Override
  public int reach() {
    return tokens;
  }
}
