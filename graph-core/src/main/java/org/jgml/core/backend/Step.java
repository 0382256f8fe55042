package org.jgml.core.backend;

import java.util.List;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Op;

/// One op with addresses.
///
/// @param node the node, for its op, name and types
/// @param inputs operands, in the order of the node's inputs
/// @param output where the result goes
public record Step(Node node, List<Tensor> inputs, Tensor output) {
  /// The op to run.
  public Op.Compute op() {
    return (Op.Compute) node.op();
  }

  /// An operand by position.
  public Tensor input(int index) {
    return inputs.get(index);
  }

  /// The operand of this name, or null if the op's parameters leave it out.
  public Tensor named(String operand) {
    int index = op().operandNames().indexOf(operand);
    return index < 0 ? null : inputs.get(index);
  }
}
