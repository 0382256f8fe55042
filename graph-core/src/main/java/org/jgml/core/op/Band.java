package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import org.jgml.core.tensor.TensorType;

/// The diagonals `first` to `last` of each matrix, and another value everywhere else.
///
/// Diagonal `d` is where column - row = `d`: 0 is the main one, above it they are positive. So the
/// lower triangle is the band up to 0, a causal mask after `n` tokens the one up to `n` with minus
/// infinity elsewhere, a sliding window one that is bounded on both sides.
public record Band(long first, long last, float elsewhere) implements Op.Compute {
  /// As `first`: everything below `last`.
  public static final long LOWEST = Integer.MIN_VALUE;

  /// As `last`: everything above `first`.
  public static final long HIGHEST = Integer.MAX_VALUE;

  static final OpSpec SPEC =
      new OpSpec(
          "band",
          List.of("x"),
          List.of(
              Sample.of("lower triangle", new Band(LOWEST, 0, 0), x(33, 33)),
              Sample.of("strictly upper", new Band(1, HIGHEST, 0), x(2, 17, 17)),
              Sample.of("causal", new Band(LOWEST, 3, Float.NEGATIVE_INFINITY), x(2, 3, 5, 8)),
              Sample.of("sliding", new Band(-2, 1, -1), x(9, 4099)),
              Sample.of("main diagonal", new Band(0, 0, 0), x(3, 7, 5)),
              Sample.of("nothing left", new Band(2, 1, 3), x(4, 33)),
              Sample.of("nothing cut", new Band(LOWEST, HIGHEST, 3), x(1, 1)),
              Sample.of(
                  "half precision", new Band(LOWEST, 0, 0), Sample.Operand.of(F16, 3, 20, 33)),
              Sample.of("brain floats", new Band(-1, 4, 0), Sample.Operand.of(BF16, 20, 33))),
          List.of(
              ErrorSample.of("x needs at least 2 axes, has 1", new Band(0, 0, 0), f32(8)),
              ErrorSample.of(
                  "elsewhere must be a number, is NaN at diagonals 0 to 0",
                  new Band(0, 0, Float.NaN),
                  f32(2, 8)),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  new Band(0, 0, 0),
                  TensorType.of(Q8_0, 32, 32))));

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireRank(0, 2);
    operands.requireFloating(0);
    operands.require(
        !Float.isNaN(elsewhere),
        "elsewhere must be a number, is NaN at diagonals %d to %d".formatted(first, last),
        "pass 0 or an infinity");
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] y = operands.get(0).elements().clone();
    long rows = result.shape().dim(-2);
    long columns = result.shape().dim(-1);
    for (int i = 0; i < y.length; i++) {
      long diagonal = i % columns - i / columns % rows;
      if (diagonal < first || diagonal > last) {
        y[i] = elsewhere;
      }
    }
    return y;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result);
  }

  @Override
  public List<Integer> reusableOperands() {
    return List.of(0);
  }
}
