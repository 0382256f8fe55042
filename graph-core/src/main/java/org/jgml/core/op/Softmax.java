package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Softmax of each row of `scale · x + slope · mask`. A row whose entries are all minus infinity
/// gives 0 everywhere.
///
/// `x` is `[…, heads, queries, keys]`; the axes `heads` and `queries` are needed only where
/// something differs between heads.
///
/// @param maxBias if positive, the slope is that of [Alibi], else it is 1
/// @param masked whether the operand `mask`, F32 or F16 and broadcast to `x`, is given
/// @param sinks whether the operand `sinks`, one F32 logit for each head, is given: it takes part
///   in the sum but has no column of its own
public record Softmax(float scale, float maxBias, boolean masked, boolean sinks)
    implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "softmax",
          List.of("x"),
          List.of(
              Sample.of("one long row", new Softmax(1, 0, false, false), x(4099)),
              Sample.of("one element", new Softmax(1, 0, false, false), x(3, 1)),
              Sample.of("scaled", new Softmax(0.125f, 0, false, false), x(5, 33)),
              Sample.of("masked", new Softmax(0.25f, 0, true, false), x(4, 5, 33), mask(5, 33)),
              Sample.of(
                  "a mask for each head",
                  new Softmax(1, 0, true, false),
                  x(2, 3, 7),
                  mask(2, 3, 7)),
              Sample.of(
                  "half-precision mask",
                  new Softmax(0.5f, 0, true, false),
                  x(2, 3, 4, 17),
                  Sample.Operand.of(F16, 4, 17)),
              Sample.of("alibi", new Softmax(1, 8, true, false), x(6, 3, 33), x(3, 33)),
              Sample.of("sinks", new Softmax(1, 0, false, true), x(2, 4, 3, 33), x(4)),
              Sample.of("everything", new Softmax(0.5f, 8, true, true), x(4, 3, 9), x(3, 9), x(4)),
              Sample.of(
                  "half precision",
                  new Softmax(1, 0, false, false),
                  Sample.Operand.of(F16, 3, 65))),
          List.of(
              ErrorSample.of(
                  "scale must be finite, is NaN",
                  new Softmax(Float.NaN, 0, false, false),
                  f32(2, 8)),
              ErrorSample.of(
                  "maxBias must be finite and >= 0, is -8.0",
                  new Softmax(1, -8, true, false),
                  f32(4, 2, 8),
                  f32(2, 8)),
              ErrorSample.of(
                  "maxBias is 8.0 but there is no mask",
                  new Softmax(1, 8, false, false),
                  f32(4, 2, 8)),
              ErrorSample.of(
                  "mask [3, 8] does not broadcast to [4, 2, 8]",
                  new Softmax(1, 0, true, false),
                  f32(4, 2, 8),
                  f32(3, 8)),
              ErrorSample.of(
                  "mask must be F32 or F16, is Q8_0",
                  new Softmax(1, 0, true, false),
                  f32(4, 2, 32),
                  TensorType.of(Q8_0, 2, 32)),
              ErrorSample.of(
                  "sinks are [3] for 4 heads",
                  new Softmax(1, 0, false, true),
                  f32(4, 2, 8),
                  f32(3)),
              ErrorSample.of(
                  "x needs at least 3 axes, has 2",
                  new Softmax(1, 0, false, true),
                  f32(2, 8),
                  f32(2)),
              ErrorSample.of(
                  "x needs at least 1 axes, has 0", new Softmax(1, 0, false, false), f32()),
              ErrorSample.of(
                  "takes 2 operands [x, mask], got 1", new Softmax(1, 0, true, false), f32(2, 8))));

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims).with(new Fill.Uniform(-5, 5));
  }

  private static Sample.Operand mask(long... dims) {
    return Sample.Operand.of(F32, dims).with(new Fill.Mask(3));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public List<String> operandNames() {
    List<String> names = new ArrayList<>(List.of("x"));
    if (masked) {
      names.add("mask");
    }
    if (sinks) {
      names.add("sinks");
    }
    return names;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireFinite("scale", scale);
    requireBias(operands, maxBias, masked);
    operands.requireRank(0, sinks || maxBias > 0 ? 3 : 1);
    operands.requireFloating(0);
    Shape x = operands.shape(0);
    operands.index("mask").ifPresent(mask -> requireMask(operands, mask, x));
    operands.index("sinks").ifPresent(index -> requireSinks(operands, index, x.dim(-3)));
    return operands.type(0);
  }

  /// Refuses a bias that has no meaning.
  static void requireBias(Operands operands, float maxBias, boolean masked) {
    operands.require(
        maxBias >= 0 && Float.isFinite(maxBias),
        "maxBias must be finite and >= 0, is " + maxBias,
        "pass 0 for no ALiBi");
    operands.require(
        maxBias == 0 || masked,
        "maxBias is %s but there is no mask to multiply".formatted(maxBias),
        "pass the distances as a mask, or 0 for no ALiBi");
  }

  /// Refuses a mask that cannot be added to logits of the shape `target`.
  static void requireMask(Operands operands, int mask, Shape target) {
    DataType type = operands.dataType(mask);
    operands.require(
        type == F32 || type == F16, "mask must be F32 or F16, is " + type, "cast it to F32");
    operands.require(
        operands.shape(mask).broadcastsTo(target),
        "mask %s does not broadcast to %s".formatted(operands.shape(mask), target),
        "aligned at the last axis, extents must be equal or 1; slice a mask that is too long");
  }

  /// Refuses sinks that are not one F32 value for each head.
  static void requireSinks(Operands operands, int sinks, long heads) {
    operands.requireType(sinks, F32);
    operands.require(
        operands.shape(sinks).equals(Shape.of(heads)),
        "sinks are %s for %d heads".formatted(operands.shape(sinks), heads),
        "pass one value for each head");
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    Shape shape = result.shape();
    Optional<Arguments.Values> mask = operands.named("mask");
    Optional<Arguments.Values> sinkLogits = operands.named("sinks");
    int length = (int) shape.rowLength();
    int queries = shape.rank() < 3 ? 1 : (int) shape.dim(-2);
    int heads = shape.rank() < 3 ? 1 : (int) shape.dim(-3);
    double[] y = operands.get(0).elements().clone();
    for (int row = 0; row < shape.rows(); row++) {
      int head = row / queries % heads;
      double slope = Alibi.slope(maxBias, heads, head);
      for (int i = row * length; i < (row + 1) * length; i++) {
        y[i] = scale * y[i] + (mask.isPresent() ? slope * mask.get().broadcast(shape, i) : 0);
      }
      double sink = sinkLogits.isPresent() ? sinkLogits.get().at(head) : Double.NEGATIVE_INFINITY;
      normalise(y, row * length, (row + 1) * length, sink);
    }
    return y;
  }

  /// Turns the logits from `from` to `to` into weights.
  ///
  /// @param sink a further logit of the sum; minus infinity for none
  static void normalise(double[] logits, int from, int to, double sink) {
    double max = sink;
    for (int i = from; i < to; i++) {
      max = Math.max(max, logits[i]);
    }
    if (max == Double.NEGATIVE_INFINITY) {
      Arrays.fill(logits, from, to, 0);
      return;
    }
    double sum = Math.exp(sink - max);
    for (int i = from; i < to; i++) {
      logits[i] = Math.exp(logits[i] - max);
      sum += logits[i];
    }
    for (int i = from; i < to; i++) {
      logits[i] /= sum;
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
