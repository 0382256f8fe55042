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
  private final Node positions;
  private final Node nearness;

  WholeText(GraphBuilder g, int tokens) {
    this.tokens = tokens;
    positions = g.input("positions", DataType.I32, tokens);
    nearness = nearness(g);
  }

  /// Minus the distance of each token to each other, `[tokens, tokens]`.
  private Node nearness(GraphBuilder g) {
    Node place = g.cast(positions, DataType.F32);
    Node difference = g.sub(g.reshape(place, tokens, 1), g.reshape(place, 1, tokens));
    return g.unary(Unary.Kind.NEG, g.unary(Unary.Kind.ABS, difference));
  }

  @Override
  public Node attend(GraphBuilder g, LayerAttention layer) {
    Node query = layer.rotation().rotateQuery(g, layer.query(), positions);
    Node key = layer.rotation().rotate(g, layer.key(), positions);
    int window = layer.scores().window();
    if (layer.scores().distanceBias() > 0) {
      return attend(g, layer, AttentionMask.explicit(), query, key, layer.value(), nearness);
    }
    return window > 0
        ? attend(g, layer, AttentionMask.explicit(), query, key, layer.value(), within(g, window))
        : attend(g, layer, AttentionMask.none(), query, key, layer.value());
  }

  private Node attend(GraphBuilder g, LayerAttention layer, AttentionMask mask, Node... operands) {
    AttentionScores scores = layer.scores();
    Attention op =
        new Attention(scores.scale(), scores.softCap(), scores.distanceBias(), mask, false);
    return g.apply(op, operands);
  }

  /// 0 for tokens at most half a window apart, else minus infinity: the logarithm of 1 or 0.
  private Node within(GraphBuilder g, int window) {
    Node isNear = g.unary(Unary.Kind.STEP, g.scale(nearness, 1, window / 2 + 0.5f));
    return g.unary(Unary.Kind.LOG, isNear);
  }

  @Override
  public Node positions() {
    return positions;
  }

  @Override
  public int reach() {
    return tokens;
  }
}
