package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.TensorType;

/// The xIELU activation (Huang and Schlag, *Deriving Activation Functions Using Integration*):
/// `beta · x + alphaPositive · x²` for positive `x`, `beta · x + alphaNegative · (expm1(min(x,
/// epsilon)) - x)` elsewhere.
///
/// @param alphaNegative the learned value after softplus and the addition of beta
/// @param alphaPositive the learned value after softplus
/// @param epsilon a small negative number
public record Xielu(float alphaNegative, float alphaPositive, float beta, float epsilon)
    implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "xielu",
          List.of("x"),
          List.of(
              Sample.of("long row", new Xielu(1.3f, 0.8f, 0.5f, -1e-6f), x(4099)),
              Sample.of("one element", new Xielu(1, 1, 0.5f, -1e-6f), x(1)),
              Sample.of(
                  "far from zero",
                  new Xielu(0.6f, 0.3f, 0.5f, -1e-6f),
                  x(5, 7, 33).with(new Fill.Uniform(-80, 80))),
              Sample.of(
                  "half precision", new Xielu(1, 1, 0.5f, -1e-3f), Sample.Operand.of(F16, 3, 33)),
              Sample.of(
                  "brain floats",
                  new Xielu(1, 1, 0.5f, -1e-3f),
                  Sample.Operand.of(BF16, 2, 3, 65))),
          List.of(
              ErrorSample.of(
                  "alphaNegative must be finite, is NaN", new Xielu(Float.NaN, 1, 1, 0), f32(2, 8)),
              ErrorSample.of(
                  "alphaPositive must be finite, is Infinity",
                  new Xielu(1, Float.POSITIVE_INFINITY, 1, 0),
                  f32(2, 8)),
              ErrorSample.of(
                  "beta must be finite, is NaN", new Xielu(1, 1, Float.NaN, 0), f32(2, 8)),
              ErrorSample.of(
                  "epsilon must be finite, is NaN", new Xielu(1, 1, 1, Float.NaN), f32(2, 8)),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  new Xielu(1, 1, 1, 0),
                  TensorType.of(Q8_0, 2, 32))));

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims).with(new Fill.Uniform(-10, 10));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireFinite("alphaNegative", alphaNegative);
    operands.requireFinite("alphaPositive", alphaPositive);
    operands.requireFinite("beta", beta);
    operands.requireFinite("epsilon", epsilon);
    operands.requireFloating(0);
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    return Arrays.stream(operands.get(0).elements()).map(this::apply).toArray();
  }

  /// The function of an element in double precision.
  public double apply(double x) {
    double curve = x > 0 ? alphaPositive * x * x : alphaNegative * (expm1Below(x) - x);
    return curve + beta * x;
  }

  private double expm1Below(double x) {
    return Math.expm1(Math.min(x, epsilon));
  }

  @Override
  public List<Integer> reusableOperands() {
    return List.of(0);
  }
}
