package org.jgml.kvcache;

import java.util.HashMap;
import java.util.Map;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;

/// What graphs that attend to a [NearStore] share: its inputs, the writing of rows, and attention
/// to intervals of them.
final class NearGraph {
  static final String ROWS = "cache.rows";
  static final String ZEROS = "cache.zeros";
  static final String FAR_POSITIONS = "cache.far.positions";
  static final String INITIAL_LAST = "cache.initial.last";

  /// The states of a layer after the tokens of this run were written, `[rows, heads, size]`.
  ///
  /// @param keys rotated by their rows
  /// @param farKeys rotated by position 0
  record Rows(Node keys, Node farKeys, Node values) {}

  private final NearStore store;
  private final GraphBuilder root;
  private final int tokens;
  private final Map<String, Node> inputs = new HashMap<>();
  private final Map<Integer, Rows> written = new HashMap<>();

  /// @param root a builder without scope
  NearGraph(NearStore store, GraphBuilder root, int tokens) {
    this.store = store;
    this.root = root;
    this.tokens = tokens;
  }

  /// An I32 input of one number for each token; the same node each time it is asked for.
  Node input(String name) {
    return inputs.computeIfAbsent(name, _ -> root.input(name, DataType.I32, tokens));
  }

  /// Writes the keys and values of this run's tokens, once for all layers that attend to them.
  Rows write(GraphBuilder g, LayerAttention layer) {
    return written.computeIfAbsent(layer.layer(), _ -> firstWrite(g, layer));
  }

  private Rows firstWrite(GraphBuilder g, LayerAttention layer) {
    layer.scores().requireNoDistances();
    int index = layer.layer();
    Node rows = input(ROWS);
    Node rotated = layer.rotation().rotate(g, layer.key(), rows);
    Node keys = store.keys(index).write(g, rotated, rows);
    Node raw = store.rawKeys(index).write(g, layer.key(), rows);
    Node values = store.values(index).write(g, layer.value(), rows);
    return new Rows(keys, farKeys(g, layer, raw), values);
  }

  private Node farKeys(GraphBuilder g, LayerAttention layer, Node raw) {
    if (layer.rotation().leavesPositionZero()) {
      return raw;
    }
    Node far = layer.rotation().rotate(g, layer.key(), input(ZEROS));
    return store.farKeys(layer.layer()).write(g, far, input(ROWS));
  }

  /// The queries at their rows.
  Node nearQuery(GraphBuilder g, LayerAttention layer) {
    return layer.rotation().rotateQuery(g, layer.query(), input(ROWS));
  }

  /// The queries at the position that makes far keys, which stand at 0, as far away as they seem.
  Node farQuery(GraphBuilder g, LayerAttention layer) {
    return layer.rotation().rotateQuery(g, layer.query(), input(FAR_POSITIONS));
  }

  /// Attention to the window.
  Node near(GraphBuilder g, LayerAttention layer, Node query, Rows rows, NearWindow window) {
    Node first = input(window.input());
    return layer.partial(g, query, rows.keys(), rows.values(), first, input(ROWS));
  }

  /// Attention to the first tokens of the text that have left the window.
  Node initial(GraphBuilder g, LayerAttention layer, Node query, Node keys, Rows rows) {
    Node last = input(INITIAL_LAST);
    return layer.partial(g, query, keys, rows.values(), input(ZEROS), last);
  }
}
