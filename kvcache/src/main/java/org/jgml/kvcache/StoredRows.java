package org.jgml.kvcache;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// A state of a cache: rows that hold what belongs to a token or a block, all heads of it together.
///
/// @param name its name in the session, without `cache.`
/// @param rows how many there are
/// @param type of their elements
record StoredRows(String name, int rows, DataType type) {
  private static final String PREFIX = "cache.";

  /// Whether a state of the session, by its full name, is one of a cache.
  static boolean isOne(String state) {
    return state.startsWith(PREFIX);
  }

  /// The whole state, `[rows, heads · size]`.
  Node state(GraphBuilder g, long heads, long size) {
    if (size % type.blockElements() != 0) {
      throw new IllegalArgumentException(
          "cache.%s: heads of %d elements are no whole number of %s blocks of %d. Fix: use F16 or F32."
              .formatted(name, size, type, type.blockElements()));
    }
    return g.state(fullName(), TensorType.of(type, rows, heads * size));
  }

  String fullName() {
    return PREFIX + name;
  }

  /// The whole state, `[rows, heads, size]`.
  Node show(GraphBuilder g, long heads, long size) {
    return g.reshape(state(g, heads, size), rows, heads, size);
  }

  /// Writes one row for each of `values` `[tokens, heads, size]`.
  ///
  /// @param at rows to write, I32 `[tokens]`
  /// @return the whole state, `[rows, heads, size]`
  Node write(GraphBuilder g, Node values, Node at) {
    Shape shape = values.type().shape();
    long heads = shape.dim(1);
    long size = shape.dim(2);
    Node flat = g.reshape(values, shape.dim(0), heads * size);
    return g.reshape(g.setRows(state(g, heads, size), flat, at), rows, heads, size);
  }

  /// Copies rows to other places.
  ///
  /// @param from rows to read, I32 `[n]`
  /// @param to rows to write, I32 `[n]`
  /// @return the whole state, written
  Node move(GraphBuilder g, long heads, long size, Node from, Node to) {
    Node state = state(g, heads, size);
    return g.setRows(state, g.getRows(state, from), to);
  }
}
