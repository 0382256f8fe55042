package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import org.jgml.core.tensor.TensorType;

/// Each row scaled to Euclidean length 1, `y = x / max(sqrt(sum(x²)), epsilon)`.
public record L2Norm(float epsilon) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "l2_norm",
          List.of("x"),
          List.of(
              Sample.of("one decode row", new L2Norm(1e-5f), Sample.Operand.of(F32, 1, 4099)),
              Sample.of("shorter than a vector", new L2Norm(1e-6f), Sample.Operand.of(F32, 3, 5)),
              Sample.of("one element", new L2Norm(1e-6f), Sample.Operand.of(F32, 4, 1)),
              Sample.of("shorter than epsilon", new L2Norm(100), Sample.Operand.of(F32, 2, 3, 33)),
              Sample.of("half precision", new L2Norm(1e-6f), Sample.Operand.of(F16, 7, 2, 128)),
              Sample.of("brain floats", new L2Norm(1e-6f), Sample.Operand.of(BF16, 33))),
          List.of(
              ErrorSample.of("epsilon must be > 0, is 0.0", new L2Norm(0), f32(2, 8)),
              ErrorSample.of("epsilon must be > 0, is NaN", new L2Norm(Float.NaN), f32(2, 8)),
              ErrorSample.of("at least 1 axes, has 0", new L2Norm(1e-5f), f32()),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  new L2Norm(1e-5f),
                  TensorType.of(Q8_0, 2, 32))));

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.require(
        epsilon > 0,
        "epsilon must be > 0, is " + epsilon,
        "pass a small positive number, so that a row of zeros has a result");
    operands.requireRank(0, 1);
    operands.requireFloating(0);
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] x = operands.get(0).elements();
    int length = (int) result.shape().rowLength();
    double[] y = new double[x.length];
    for (int row = 0; row < x.length; row += length) {
      double squares = 0;
      for (int i = row; i < row + length; i++) {
        squares += x[i] * x[i];
      }
      double norm = Math.max(Math.sqrt(squares), epsilon);
      for (int i = row; i < row + length; i++) {
        y[i] = x[i] / norm;
      }
    }
    return y;
  }

  @Override
  public long reductionLength(Operands operands, TensorType result) {
    return Math.max(1, result.shape().rowLength());
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(3 * result.shape().elements());
  }

  @Override
  public List<Integer> reusableOperands() {
    return List.of(0);
  }
}
