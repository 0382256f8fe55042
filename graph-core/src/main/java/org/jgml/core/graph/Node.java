package org.jgml.core.graph;

import java.util.List;
import java.util.Optional;
import org.jgml.core.op.Op;
import org.jgml.core.op.Operands;
import org.jgml.core.tensor.TensorType;

/// One value of a graph: an op, the nodes it is applied to and the type of the result.
///
/// A recipe, not bytes: immutable, without memory or device. Compared by identity.
public final class Node {
  private final int id;
  private final String name;
  private final Op op;
  private final List<Node> inputs;
  private final TensorType type;
  private final StackTraceElement caller;

  Node(int id, String name, Op op, List<Node> inputs, TensorType type, StackTraceElement caller) {
    this.id = id;
    this.name = name;
    this.op = op;
    this.inputs = List.copyOf(inputs);
    this.type = type;
    this.caller = caller;
  }

  /// The position of this node in its graph; inputs have smaller ids.
  public int id() {
    return id;
  }

  /// The name with its scopes, such as `blk.3.attn_norm`; unique in its graph.
  public String name() {
    return name;
  }

  public Op op() {
    return op;
  }

  public List<Node> inputs() {
    return inputs;
  }

  public Node input(int index) {
    return inputs.get(index);
  }

  public TensorType type() {
    return type;
  }

  /// The node that a chain of views begins with; this node if it is no view.
  public Node viewed() {
    Node at = this;
    while (at.op instanceof Op.View) {
      at = at.input(0);
    }
    return at;
  }

  /// The source line that built this node, if the builder was told to trace.
  public Optional<StackTraceElement> caller() {
    return Optional.ofNullable(caller);
  }

  /// Where it was built, as in `LlamaBlock.java:17`; empty if that is not known.
  public String sourceLine() {
    return caller == null ? "" : sourceLine(caller);
  }

  static String sourceLine(StackTraceElement caller) {
    return "%s:%d".formatted(caller.getFileName(), caller.getLineNumber());
  }

  /// The end of a message about this node: where it was built, if that is known.
  public String whereBuilt() {
    return caller == null ? "" : " Built at %s.".formatted(sourceLine());
  }

  /// The operand types, named for messages.
  public Operands operands() {
    return new Operands(op, name, inputs.stream().map(Node::type).toList());
  }

  @Override
  public String toString() {
    return "%s '%s' (%s)".formatted(op.name(), name, type);
  }
}
