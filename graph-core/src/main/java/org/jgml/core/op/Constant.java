package org.jgml.core.op;

import java.util.Arrays;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// A few F32 values written in the graph itself.
public record Constant(Shape shape, float[] values) implements Op.Source {
  /// @throws IllegalArgumentException if the number of values is not the shape's
  public Constant {
    if (shape.elements() != values.length) {
      throw new IllegalArgumentException(
          "constant: " + values.length + " values for the shape " + shape);
    }
    values = values.clone();
  }

  @Override
  public String name() {
    return "constant";
  }

  @Override
  public TensorType infer(Operands operands) {
    return new TensorType(DataType.F32, shape);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Constant constant
        && shape.equals(constant.shape)
        && Arrays.equals(values, constant.values);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(values);
  }
}
