package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;

import java.util.List;
import org.jgml.core.tensor.TensorType;

/// The clamped gated unit of gpt-oss: `g · sigmoid(alpha · g) · (u + 1)` with `g = min(gate,
/// limit)` and `u` = `up` kept between `-limit` and `limit`.
public record SwigluOai(float alpha, float limit) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "swiglu_oai",
          List.of("gate", "up"),
          List.of(
              Sample.of("one decode row", new SwigluOai(1.702f, 7), x(1, 4099), x(1, 4099)),
              Sample.of("one element", new SwigluOai(1.702f, 7), x(1), x(1)),
              Sample.of("low limit", new SwigluOai(0.5f, 2), x(5, 7, 33), x(5, 7, 33)),
              Sample.of(
                  "half precision",
                  new SwigluOai(1.702f, 7),
                  Sample.Operand.of(F16, 3, 33),
                  Sample.Operand.of(F16, 3, 33)),
              Sample.of(
                  "brain floats",
                  new SwigluOai(1.702f, 0.5f),
                  Sample.Operand.of(BF16, 65),
                  Sample.Operand.of(BF16, 65))),
          List.of(
              ErrorSample.of(
                  "alpha must be finite, is NaN",
                  new SwigluOai(Float.NaN, 7),
                  f32(2, 8),
                  f32(2, 8)),
              ErrorSample.of(
                  "limit must be > 0, is -7.0", new SwigluOai(1.702f, -7), f32(2, 8), f32(2, 8)),
              ErrorSample.of(
                  "gate is [2, 8] but up is [8, 2]",
                  new SwigluOai(1.702f, 7),
                  f32(2, 8),
                  f32(8, 2)),
              ErrorSample.of(
                  "element types differ (F32 and F16)",
                  new SwigluOai(1.702f, 7),
                  f32(2, 8),
                  TensorType.of(F16, 2, 8))));

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims).with(new Fill.Uniform(-10, 10));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireFinite("alpha", alpha);
    operands.require(
        limit > 0, "limit must be > 0, is " + limit, "pass the limit of the model, such as 7");
    return Glu.inferPair(operands);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] y = operands.get(0).elements().clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = apply(y[i], operands.get(1).at(i));
    }
    return y;
  }

  /// The function of a pair in double precision.
  public double apply(double gate, double up) {
    double g = Math.min(gate, limit);
    double u = Math.min(Math.max(up, -limit), limit);
    return g / (1 + Math.exp(-alpha * g)) * (u + 1);
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(6 * result.shape().elements());
  }

  @Override
  public List<Integer> reusableOperands() {
    return List.of(0, 1);
  }
}
