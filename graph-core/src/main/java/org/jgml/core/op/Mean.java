package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;

import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.TensorType;

/// The arithmetic mean of each row: `[…, n]` becomes `[…, 1]`.
public record Mean() implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "mean",
          List.of("x"),
          List.of(
              Sample.of("one row", new Mean(), Sample.Operand.of(F32, 4099)),
              Sample.of("one element", new Mean(), Sample.Operand.of(F32, 3, 1)),
              Sample.of("rows", new Mean(), Sample.Operand.of(F32, 7, 33)),
              Sample.of("four axes", new Mean(), Sample.Operand.of(F32, 3, 5, 7, 11))),
          List.of(
              ErrorSample.of("x must be F32, is F16", new Mean(), TensorType.of(F16, 2, 8)),
              ErrorSample.of("at least 1 axes, has 0", new Mean(), f32()),
              ErrorSample.of("rows of 0 elements have no mean", new Mean(), f32(2, 0))));

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireRank(0, 1);
    operands.requireType(0, F32);
    operands.require(
        operands.shape(0).rowLength() > 0,
        "rows of 0 elements have no mean",
        "pass rows of at least one element");
    return operands.type(0).withShape(operands.shape(0).with(-1, 1));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    long length = operands.shape(0).rowLength();
    return Arrays.stream(SumRows.sums(operands.get(0))).map(sum -> sum / length).toArray();
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(operands.shape(0).elements());
  }
}
