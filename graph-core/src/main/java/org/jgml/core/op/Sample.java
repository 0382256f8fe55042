package org.jgml.core.op;

import java.util.List;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// A right use of an op: the op with parameters and the operands to give it.
///
/// @param label what is special about it
public record Sample(String label, Op op, List<Operand> operands) {
  /// An operand to make up: its type and the values to fill it with.
  public record Operand(TensorType type, Fill fill) {
    /// Random numbers between -1 and 1.
    public static Operand of(DataType type, long... dims) {
      return new Operand(TensorType.of(type, dims), new Fill.Uniform(-1, 1));
    }

    /// The same operand filled with other values.
    public Operand with(Fill other) {
      return new Operand(type, other);
    }
  }

  /// A sample from its operands.
  public static Sample of(String label, Op op, Operand... operands) {
    return new Sample(label, op, List.of(operands));
  }
}
