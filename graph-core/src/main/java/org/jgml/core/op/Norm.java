package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import org.jgml.core.tensor.TensorType;

/// Layer normalisation of each row without learned parameters, `y = (x - mean(x)) /
/// sqrt(variance(x) + epsilon)`.
public record Norm(float epsilon) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "norm",
          List.of("x"),
          List.of(
              Sample.of("one decode row", new Norm(1e-5f), Sample.Operand.of(F32, 1, 4099)),
              Sample.of("shorter than a vector", new Norm(1e-6f), Sample.Operand.of(F32, 3, 5)),
              Sample.of("one element", new Norm(1e-6f), Sample.Operand.of(F32, 4, 1)),
              Sample.of(
                  "far from zero",
                  new Norm(0),
                  Sample.Operand.of(F32, 2, 3, 33).with(new Fill.Uniform(90, 110))),
              Sample.of("half precision", new Norm(1e-6f), Sample.Operand.of(F16, 7, 2, 128)),
              Sample.of("brain floats", new Norm(1e-6f), Sample.Operand.of(BF16, 33))),
          List.of(
              ErrorSample.of("epsilon must be >= 0, is -1.0", new Norm(-1), f32(2, 8)),
              ErrorSample.of("epsilon must be >= 0, is NaN", new Norm(Float.NaN), f32(2, 8)),
              ErrorSample.of("at least 1 axes, has 0", new Norm(1e-5f), f32()),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  new Norm(1e-5f),
                  TensorType.of(Q8_0, 2, 32))));

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.require(
        epsilon >= 0, "epsilon must be >= 0, is " + epsilon, "pass the epsilon of the model");
    operands.requireRank(0, 1);
    operands.requireFloating(0);
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] y = operands.get(0).elements().clone();
    int length = (int) result.shape().rowLength();
    for (int row = 0; row < y.length; row += length) {
      standardise(y, row, row + length, epsilon);
    }
    return y;
  }

  /// Brings the values from `from` to `to` to mean 0 and variance 1.
  static void standardise(double[] values, int from, int to, double epsilon) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    double mean = sum / (to - from);
    double squares = 0;
    for (int i = from; i < to; i++) {
      values[i] -= mean;
      squares += values[i] * values[i];
    }
    double factor = 1 / Math.sqrt(squares / (to - from) + epsilon);
    for (int i = from; i < to; i++) {
      values[i] *= factor;
    }
  }

  @Override
  public long reductionLength(Operands operands, TensorType result) {
    return Math.max(1, result.shape().rowLength());
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(5 * result.shape().elements());
  }

  @Override
  public List<Integer> reusableOperands() {
    return List.of(0);
  }
}
