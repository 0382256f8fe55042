package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;

import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.TensorType;

/// The sum of each row: `[…, n]` becomes `[…, 1]`.
public record SumRows() implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "sum_rows",
          List.of("x"),
          List.of(
              Sample.of("one row", new SumRows(), Sample.Operand.of(F32, 4099)),
              Sample.of("one element", new SumRows(), Sample.Operand.of(F32, 3, 1)),
              Sample.of("rows", new SumRows(), Sample.Operand.of(F32, 7, 33)),
              Sample.of("four axes", new SumRows(), Sample.Operand.of(F32, 3, 5, 7, 11))),
          List.of(
              ErrorSample.of("x must be F32, is F16", new SumRows(), TensorType.of(F16, 2, 8)),
              ErrorSample.of("at least 1 axes, has 0", new SumRows(), f32()),
              ErrorSample.of("takes 1 operands [x], got 2", new SumRows(), f32(8), f32(8))));

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireRank(0, 1);
    operands.requireType(0, F32);
    return operands.type(0).withShape(operands.shape(0).with(-1, 1));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    return sums(operands.get(0));
  }

  /// The sum of each row.
  static double[] sums(Arguments.Values x) {
    int length = (int) x.shape().rowLength();
    double[] sums = new double[(int) x.shape().rows()];
    Arrays.setAll(sums, row -> Arrays.stream(x.elements(), row * length, (row + 1) * length).sum());
    return sums;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(operands.shape(0).elements());
  }
}
