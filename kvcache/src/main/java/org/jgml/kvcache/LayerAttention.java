package org.jgml.kvcache;

import java.util.Optional;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.AttentionFinish;
import org.jgml.core.op.AttentionMerge;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.tensor.Shape;

/// The attention of one layer, before positions are put in.
///
/// A layer without keys of its own attends to those of an earlier one: it gives the number, keys
/// and values of that.
///
/// @param layer number of the layer among those that attend, from 0
/// @param query F32 `[tokens, heads, headSize]`
/// @param key F32 `[tokens, keyHeads, headSize]`
/// @param value F32 `[tokens, keyHeads, valueSize]`
/// @param rotation puts positions into queries and keys
/// @param scores how keys are weighed, and which of them a query sees
/// @param sinks a learned score for each head, F32 `[heads]`, that takes part in the softmax and
///   has no value; not the first tokens of a text, which are sinks of another kind
public record LayerAttention(
    int layer,
    Node query,
    Node key,
    Node value,
    Rotation rotation,
    AttentionScores scores,
    Optional<Node> sinks) {
  /// Attention without sinks.
  public LayerAttention(
      int layer, Node query, Node key, Node value, Rotation rotation, AttentionScores scores) {
    this(layer, query, key, value, rotation, scores, Optional.empty());
  }

  /// What an interval of keys contributes, `[tokens, heads, valueSize + 2]`.
  ///
  /// @param first the first row that each token sees, I32 `[tokens]`
  /// @param last the last
  Node partial(GraphBuilder g, Node query, Node keys, Node values, Node first, Node last) {
    AttentionPartial op = new AttentionPartial(scores.scale(), scores.softCap(), 0);
    return g.apply(op, query, keys, values, first, last);
  }

  /// The attended values of all that keys contribute, `[tokens, heads, valueSize + 2]`, and of the
  /// sinks.
  Node finish(GraphBuilder g, Node contributed) {
    Node all =
        sinks
            .map(scores -> g.apply(new AttentionMerge(2), contributed, contribution(g, scores)))
            .orElse(contributed);
    return g.apply(new AttentionFinish(), all);
  }

  /// What sinks contribute: no values, the score as the largest, and a weight of 1.
  private Node contribution(GraphBuilder g, Node scores) {
    long tokens = query.type().shape().dim(0);
    long heads = query.type().shape().dim(1);
    int size = Math.toIntExact(value.type().shape().dim(2));
    Node nothing = g.constant(Shape.of(1, 1, size), new float[size]);
    Node one = g.constant(Shape.of(1, 1, 1), 1);
    Node values = g.broadcast(nothing, tokens, heads, size);
    Node largest = g.broadcast(g.reshape(scores, 1, heads, 1), tokens, heads, 1);
    return g.concat(2, g.concat(2, values, largest), g.broadcast(one, tokens, heads, 1));
  }

  /// Position embedding of queries and keys. What a query and a key give depends on the distance of
  /// their positions only, but for a factor of the query.
  public interface Rotation {
    /// No position embedding.
    Rotation NONE =
        new Rotation() {
          @Override
          public Node rotate(GraphBuilder g, Node x, Node positions) {
            return x;
          }

          @Override
          public boolean leavesPositionZero() {
            return true;
          }
        };

    /// `x` `[tokens, heads, headSize]` rotated by `positions` I32 `[tokens]`.
    Node rotate(GraphBuilder g, Node x, Node positions);

    /// The same for queries, of which some models ask something else than of keys.
    default Node rotateQuery(GraphBuilder g, Node query, Node positions) {
      return rotate(g, query, positions);
    }

    /// Whether what stands at position 0 stays as it is; YaRN changes its length.
    boolean leavesPositionZero();
  }
}
