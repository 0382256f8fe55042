package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.op.ErrorSample.i32;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;

import java.util.List;
import java.util.Optional;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The rotations of rotary position embedding, made once for all layers: for each token and pair,
/// the cosine and sine of `position · frequency(pair)`, times a magnitude.
///
/// @param dimensions elements of a head that are rotated, two for each pair
/// @param base base of the geometric row of frequencies, such as 10000
/// @param withFactors whether the operand `factors` is given: an F32 divisor of each pair's
///   frequency
public record RopeAngles(int dimensions, float base, RopeScaling scaling, boolean withFactors)
    implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "rope_angles",
          List.of("positions"),
          List.of(
              Sample.of("one token", plain(128), positions(4099, 1)),
              Sample.of("one pair", plain(2), positions(0, 33)),
              Sample.of("odd number of pairs", plain(66), positions(0, 7)),
              Sample.of(
                  "high base",
                  new RopeAngles(128, 1e6f, RopeScaling.NONE, false),
                  positions(32000, 33)),
              Sample.of(
                  "interpolation",
                  new RopeAngles(64, 10000, RopeScaling.interpolation(0.25f), false),
                  positions(7, 5)),
              Sample.of(
                  "yarn",
                  new RopeAngles(128, 10000, RopeScaling.yarn(0.25f, 4096), false),
                  positions(5000, 9)),
              Sample.of(
                  "factors",
                  new RopeAngles(64, 500000, RopeScaling.NONE, true),
                  positions(100, 17),
                  Sample.Operand.of(F32, 32).with(new Fill.Uniform(1, 8)))),
          List.of(
              ErrorSample.of("dimensions must be even and > 0, is 63", plain(63), i32(5)),
              ErrorSample.of("dimensions must be even and > 0, is 0", plain(0), i32(5)),
              ErrorSample.of(
                  "base must be finite and > 1, is 1.0",
                  new RopeAngles(64, 1, RopeScaling.NONE, false),
                  i32(5)),
              ErrorSample.of(
                  "frequencyScale must be finite and > 0, is 0.0",
                  new RopeAngles(64, 10000, RopeScaling.interpolation(0), false),
                  i32(5)),
              ErrorSample.of(
                  "originalContext > 0, they are 32.0, 1.0 and 0",
                  new RopeAngles(64, 10000, RopeScaling.yarn(0.25f, 0), false),
                  i32(5)),
              ErrorSample.of("positions must be I32, is F32", plain(64), f32(5)),
              ErrorSample.of("positions are [5, 2]", plain(64), i32(5, 2)),
              ErrorSample.of(
                  "factors are [64] for 32 pairs",
                  new RopeAngles(64, 10000, RopeScaling.NONE, true),
                  i32(5),
                  f32(64))));

  private static RopeAngles plain(int dimensions) {
    return new RopeAngles(dimensions, 10000, RopeScaling.NONE, false);
  }

  private static Sample.Operand positions(long first, long tokens) {
    return Sample.Operand.of(I32, tokens).with(new Fill.Ascending(first));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public List<String> operandNames() {
    return withFactors ? List.of("positions", "factors") : List.of("positions");
  }

  @Override
  public TensorType infer(Operands operands) {
    requireParameters(operands);
    operands.requireType(0, I32);
    operands.require(
        operands.shape(0).rank() == 1,
        "positions are %s".formatted(operands.shape(0)),
        "pass one position for each token as a vector");
    if (withFactors) {
      operands.requireType(1, F32);
      operands.require(
          operands.shape(1).equals(Shape.of(pairs())),
          "factors are %s for %d pairs".formatted(operands.shape(1), pairs()),
          "pass one factor for each pair");
    }
    return new TensorType(F32, operands.shape(0).append(pairs(), 2));
  }

  private void requireParameters(Operands operands) {
    operands.require(
        dimensions > 0 && dimensions % 2 == 0,
        "dimensions must be even and > 0, is " + dimensions,
        "rotate whole pairs");
    operands.require(
        base > 1 && Float.isFinite(base),
        "base must be finite and > 1, is " + base,
        "pass the frequency base of the model, such as 10000");
    scaling.require(operands);
  }

  /// The number of pairs that rotate.
  public int pairs() {
    return dimensions / 2;
  }

  /// Radians that a pair turns from one position to the next. Kernels must form the angle,
  /// `position · frequency`, in double precision before they take its cosine and sine.
  ///
  /// @param factor the pair's element of the operand `factors`, or 1
  public double frequency(int pair, double factor) {
    double unscaled = Math.pow(base, -2.0 * pair / dimensions) / factor;
    return unscaled * scaling.frequencyFactor(pair, dimensions, base);
  }

  /// What both cosine and sine are multiplied by.
  public double magnitude() {
    return scaling.magnitude();
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    Optional<Arguments.Values> factors = operands.named("factors");
    double[] y = new double[(int) result.shape().elements()];
    for (int i = 0; i < y.length / 2; i++) {
      int pair = i % pairs();
      double factor = factors.isPresent() ? factors.get().at(pair) : 1;
      double angle = operands.get(0).at(i / pairs()) * frequency(pair, factor);
      y[2 * i] = magnitude() * Math.cos(angle);
      y[2 * i + 1] = magnitude() * Math.sin(angle);
    }
    return y;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(2 * result.shape().elements());
  }
}
