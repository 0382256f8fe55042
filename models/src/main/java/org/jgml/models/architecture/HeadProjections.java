package org.jgml.models.architecture;

import java.util.HashMap;
import java.util.Map;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphVocabulary;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Clamp;

/// Queries, keys and values of a layer: of three matrices, or of one that holds all three, one
/// after the other; within a bound where files say so.
@GraphVocabulary
final class HeadProjections {
  private static final String JOINED = "attn_qkv";

  private final Layer layer;
  private final Map<Node, Node> joined = new HashMap<>();

  HeadProjections(Layer layer) {
    this.layer = layer;
  }

  /// The queries of `x`, `[tokens, heads, headSize]`.
  Node query(Node x) {
    return layer.heads(part(x, "attn_q", 0, queries()), heads().queries());
  }

  /// The keys of `x`, `[tokens, keyHeads, headSize]`.
  Node key(Node x) {
    return layer.heads(part(x, "attn_k", queries(), keys()), heads().keys());
  }

  /// The values of `x`, `[tokens, keyHeads, valueSize]`.
  Node value(Node x) {
    return layer.heads(part(x, "attn_v", queries() + keys(), values()), heads().keys());
  }

  private Node part(Node x, String name, long from, long width) {
    return !layer.has(name) && layer.has(JOINED)
        ? layer.graph().slice(joined.computeIfAbsent(x, this::joined), 1, from, width)
        : bounded(layer.linear(x, name, width));
  }

  private Node joined(Node x) {
    return bounded(layer.linear(x, JOINED, queries() + keys() + values()));
  }

  private Node bounded(Node x) {
    GraphBuilder g = layer.graph();
    float bound = layer.model().projectionBound();
    return bound == 0 ? x : g.apply(new Clamp(-bound, bound), x);
  }

  private HeadSizes heads() {
    return layer.model().heads();
  }

  private long queries() {
    return (long) heads().queries() * heads().keySize();
  }

  private long keys() {
    return (long) heads().keys() * heads().keySize();
  }

  private long values() {
    return (long) heads().keys() * heads().valueSize();
  }
}
