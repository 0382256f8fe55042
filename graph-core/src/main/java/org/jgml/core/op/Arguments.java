package org.jgml.core.op;

import java.util.List;
import java.util.Optional;
import org.jgml.core.tensor.Shape;

/// The operands of one evaluation in double precision, by position or by name.
///
/// @param op the op that is evaluated
/// @param values dense values, in the order of [Op#operandNames]
public record Arguments(Op op, List<Values> values) {
  /// Elements of a tensor in row-major order.
  public record Values(Shape shape, double[] elements) {
    /// An element by its index in row-major order.
    public double at(long index) {
      return elements[(int) index];
    }

    /// An element as an index.
    public int index(long index) {
      return (int) elements[(int) index];
    }

    /// The element of this tensor that NumPy's broadcast pairs with element `index` of `target`.
    public double broadcast(Shape target, long index) {
      return at(shape.broadcastIndex(target, index));
    }
  }

  public Values get(int index) {
    return values.get(index);
  }

  public Shape shape(int index) {
    return values.get(index).shape();
  }

  /// The operand of this name, or empty if the op's parameters leave it out.
  public Optional<Values> named(String name) {
    int index = op.operandNames().indexOf(name);
    return index < 0 ? Optional.empty() : Optional.of(values.get(index));
  }
}
