package org.jgml.core.tensor;

/// A graph that cannot be: wrong shapes, types, indices or axes, raised where the node is built; or
/// a well-formed node that no device can run, raised where it is scheduled.
///
/// The message has one form: `<op> '<node>': <what is wrong, with the numbers>. Operands:
/// <name>=<type> <shape>, …. Fix: ….`
public final class GraphException extends RuntimeException {
  public GraphException(String message) {
    super(message);
  }

  public GraphException(String message, Throwable cause) {
    super(message, cause);
  }
}
