package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;

import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.TensorType;

/// The largest element of each row that is a number, minus infinity if there is none: `[…, n]`
/// becomes `[…, 1]`.
public record MaxRows() implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "max_rows",
          List.of("x"),
          List.of(
              Sample.of("one row", new MaxRows(), Sample.Operand.of(F32, 4099)),
              Sample.of("one element", new MaxRows(), Sample.Operand.of(F32, 3, 1)),
              Sample.of("rows", new MaxRows(), Sample.Operand.of(F32, 7, 33)),
              Sample.of("four axes", new MaxRows(), Sample.Operand.of(F32, 3, 5, 7, 11))),
          List.of(
              ErrorSample.of("x must be F32, is F16", new MaxRows(), TensorType.of(F16, 2, 8)),
              ErrorSample.of("at least 1 axes, has 0", new MaxRows(), f32()),
              ErrorSample.of("takes 1 operands [x], got 2", new MaxRows(), f32(8), f32(8))));

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
    double[] x = operands.get(0).elements();
    int length = (int) operands.shape(0).rowLength();
    double[] y = new double[(int) result.shape().elements()];
    Arrays.setAll(
        y,
        row ->
            Arrays.stream(x, row * length, (row + 1) * length)
                .filter(element -> !Double.isNaN(element))
                .max()
                .orElse(Double.NEGATIVE_INFINITY));
    return y;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(operands.shape(0).elements());
  }
}
