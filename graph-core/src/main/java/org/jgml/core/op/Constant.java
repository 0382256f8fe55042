package org.jgml.core.op;

import java.util.Arrays;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// A few F32 values written in the graph itself.
public record Constant(Shape shape, float[] values) implements Op.Source {
  public Constant {
    values = values.clone();
  }

  @Override
  public String name() {
    return "constant";
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.require(
        shape.elements() == values.length,
        "%d values for the shape %s, which has %d"
            .formatted(values.length, shape, shape.elements()),
        "give one value for each element");
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
