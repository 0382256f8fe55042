package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.op.ErrorSample.i32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;

import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The sum of all elements, as a tensor of one element.
public record Sum() implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "sum",
          List.of("x"),
          List.of(
              Sample.of("one row", new Sum(), Sample.Operand.of(F32, 4099)),
              Sample.of("one element", new Sum(), Sample.Operand.of(F32, 1)),
              Sample.of("a scalar", new Sum(), Sample.Operand.of(F32)),
              Sample.of("rows", new Sum(), Sample.Operand.of(F32, 7, 33)),
              Sample.of("four axes", new Sum(), Sample.Operand.of(F32, 3, 5, 7, 11))),
          List.of(
              ErrorSample.of("x must be F32, is F16", new Sum(), TensorType.of(F16, 2, 8)),
              ErrorSample.of("x must be F32, is I32", new Sum(), i32(8)),
              ErrorSample.of("takes 1 operands [x], got 2", new Sum(), f32(8), f32(8))));

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireType(0, F32);
    return operands.type(0).withShape(Shape.of(1));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    return new double[] {Arrays.stream(operands.get(0).elements()).sum()};
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(operands.shape(0).elements());
  }
}
