package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;

import java.util.List;
import org.jgml.core.tensor.TensorType;

/// The inclusive prefix sums of each row: element `i` is the sum of the elements 0 to `i`.
public record Cumsum() implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "cumsum",
          List.of("x"),
          List.of(
              Sample.of("one row", new Cumsum(), positive(4099)),
              Sample.of("one element", new Cumsum(), positive(3, 1)),
              Sample.of("rows", new Cumsum(), positive(7, 33)),
              Sample.of("four axes", new Cumsum(), Sample.Operand.of(F32, 3, 5, 7, 11))),
          List.of(
              ErrorSample.of("x must be F32, is F16", new Cumsum(), TensorType.of(F16, 2, 8)),
              ErrorSample.of("at least 1 axes, has 0", new Cumsum(), f32()),
              ErrorSample.of("takes 1 operands [x], got 2", new Cumsum(), f32(8), f32(8))));

  private static Sample.Operand positive(long... dims) {
    return Sample.Operand.of(F32, dims).with(new Fill.Uniform(0, 1));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireRank(0, 1);
    operands.requireType(0, F32);
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] y = operands.get(0).elements().clone();
    int length = (int) result.shape().rowLength();
    for (int i = 0; i < y.length; i++) {
      y[i] += i % length == 0 ? 0 : y[i - 1];
    }
    return y;
  }

  @Override
  public long reductionLength(Operands operands, TensorType result) {
    return Math.max(1, result.shape().rowLength());
  }

  @Override
  public List<Integer> reusableOperands() {
    return List.of(0);
  }
}
