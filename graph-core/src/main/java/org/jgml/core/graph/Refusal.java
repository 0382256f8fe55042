package org.jgml.core.graph;

import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.Shape;

/// Why something cannot be made of a node, in the form of all errors about graphs, where there is
/// no op yet that could say so.
final class Refusal {
  private Refusal() {}

  /// The exception. To be thrown by the caller.
  ///
  /// @param what is to be made of `x`, such as `roll`
  static GraphException of(String what, Node x, String problem, String fix) {
    return new GraphException(
        "%s of '%s': %s. Operands: x=%s. Fix: %s.%s"
            .formatted(what, x.name(), problem, x.type(), fix, x.whereBuilt()));
  }

  /// The shape of these extents.
  ///
  /// @throws GraphException if they are none
  static Shape shape(String what, Node x, long... dims) {
    try {
      return Shape.of(dims);
    } catch (IllegalArgumentException e) {
      throw of(what, x, e.getMessage(), "give each extent");
    }
  }
}
