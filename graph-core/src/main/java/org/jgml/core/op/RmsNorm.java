package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import java.util.Optional;
import org.jgml.core.tensor.TensorType;

/// Root-mean-square normalisation of each row, `y = x / sqrt(mean(x²) + epsilon)`, times a learned
/// `scale` if there is one.
///
/// @param scaled whether the operand `scale`, one F32 value for each element of a row, is given
public record RmsNorm(float epsilon, boolean scaled) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "rms_norm",
          List.of("x"),
          List.of(
              Sample.of("one decode row", new RmsNorm(1e-5f, false), x(1, 4099)),
              Sample.of("shorter than a vector", new RmsNorm(1e-6f, false), x(3, 5)),
              Sample.of("no epsilon", new RmsNorm(0, false), x(2, 3, 64)),
              Sample.of("one element", new RmsNorm(1e-6f, false), x(4, 1)),
              Sample.of("scaled", new RmsNorm(1e-6f, true), x(7, 2, 129), x(129)),
              Sample.of(
                  "half precision",
                  new RmsNorm(1e-6f, true),
                  Sample.Operand.of(F16, 7, 2, 128),
                  x(128))),
          List.of(
              ErrorSample.of("epsilon must be >= 0", new RmsNorm(-1, false), f32(2, 8)),
              ErrorSample.of("epsilon must be >= 0", new RmsNorm(Float.NaN, false), f32(2, 8)),
              ErrorSample.of("at least 1 axes", new RmsNorm(1e-5f, false), f32()),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  new RmsNorm(1e-5f, false),
                  TensorType.of(Q8_0, 2, 32)),
              ErrorSample.of(
                  "scale has 7 values for rows of 8", new RmsNorm(1e-5f, true), f32(2, 8), f32(7)),
              ErrorSample.of("takes 2 operands", new RmsNorm(1e-5f, true), f32(2, 8))));

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public List<String> operandNames() {
    return scaled ? List.of("x", "scale") : List.of("x");
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.require(
        epsilon >= 0, "epsilon must be >= 0, is " + epsilon, "pass the epsilon of the model");
    operands.requireRank(0, 1);
    operands.requireFloating(0);
    if (scaled) {
      operands.requireType(1, F32);
      long length = operands.shape(0).rowLength();
      operands.require(
          operands.shape(1).rank() == 1 && operands.shape(1).dim(0) == length,
          "scale has %d values for rows of %d".formatted(operands.shape(1).elements(), length),
          "pass a vector as long as a row");
    }
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] x = operands.get(0).elements();
    Optional<Arguments.Values> scale = operands.named("scale");
    int length = (int) result.shape().rowLength();
    double[] y = new double[x.length];
    for (int row = 0; row < x.length; row += length) {
      double squares = 0;
      for (int i = 0; i < length; i++) {
        squares += x[row + i] * x[row + i];
      }
      double factor = 1 / Math.sqrt(squares / length + epsilon);
      for (int i = 0; i < length; i++) {
        double learned = scale.isPresent() ? scale.get().at(i) : 1;
        y[row + i] = x[row + i] * factor * learned;
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
    return Cost.ofBytes(operands, result).withFlops(4 * result.shape().elements());
  }

  @Override
  public List<Integer> reusableOperands() {
    return List.of(0);
  }
}
