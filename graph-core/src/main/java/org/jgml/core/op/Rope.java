package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Rotary position embedding: pairs of elements of each head of `x`, `[…, tokens, heads,
/// headSize]`, turned by the rotations that [RopeAngles] makes, `[tokens, pairs, 2]`. Elements
/// after those of the pairs stay as they are.
public record Rope(Style style) implements Op.Compute {
  /// Which elements form a pair.
  public enum Style {
    /// Neighbours: pair `i` is `(2i, 2i+1)`.
    NORMAL,
    /// Halves, as in GPT-NeoX: pair `i` is `(i, i+pairs)`.
    NEOX;

    /// The index in a head of the first element of a pair.
    public int first(int pair) {
      return this == NORMAL ? 2 * pair : pair;
    }

    /// The index in a head of the second element of a pair.
    public int second(int pair, int pairs) {
      return this == NORMAL ? 2 * pair + 1 : pair + pairs;
    }
  }

  private static final Rope NORMAL = new Rope(Style.NORMAL);
  private static final Rope NEOX = new Rope(Style.NEOX);

  static final OpSpec SPEC =
      new OpSpec(
          "rope",
          List.of("x", "angles"),
          List.of(
              Sample.of("one token, neighbours", NORMAL, x(1, 32, 128), x(1, 64, 2)),
              Sample.of("one token, halves", NEOX, x(1, 32, 128), x(1, 64, 2)),
              Sample.of("part of a head, neighbours", NORMAL, x(7, 3, 80), x(7, 16, 2)),
              Sample.of("part of a head, halves", NEOX, x(7, 3, 80), x(7, 16, 2)),
              Sample.of("odd pairs, neighbours", NORMAL, x(5, 1, 33), x(5, 11, 2)),
              Sample.of("odd pairs, halves", NEOX, x(5, 1, 33), x(5, 11, 2)),
              Sample.of("a batch", NEOX, x(2, 3, 4, 64), x(3, 32, 2)),
              Sample.of("one pair", NORMAL, x(1, 1, 2), x(1, 1, 2)),
              Sample.of("long head", NEOX, x(2, 1, 4099), x(2, 2049, 2)),
              Sample.of("half precision", NEOX, Sample.Operand.of(F16, 5, 2, 64), x(5, 32, 2)),
              Sample.of("brain floats", NORMAL, Sample.Operand.of(BF16, 5, 2, 64), x(5, 32, 2))),
          List.of(
              ErrorSample.of("x needs at least 3 axes, has 2", NEOX, f32(5, 64), f32(5, 32, 2)),
              ErrorSample.of("angles are [5, 32]", NEOX, f32(5, 4, 64), f32(5, 32)),
              ErrorSample.of("angles are [5, 32, 3]", NEOX, f32(5, 4, 64), f32(5, 32, 3)),
              ErrorSample.of("angles for 4 tokens, x has 5", NEOX, f32(5, 4, 64), f32(4, 32, 2)),
              ErrorSample.of(
                  "33 pairs do not fit into heads of 64", NEOX, f32(5, 4, 64), f32(5, 33, 2)),
              ErrorSample.of(
                  "angles must be F32, is F16", NEOX, f32(5, 4, 64), TensorType.of(F16, 5, 32, 2)),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  NEOX,
                  TensorType.of(Q8_0, 5, 4, 64),
                  f32(5, 32, 2)),
              ErrorSample.of("takes 2 operands [x, angles], got 1", NEOX, f32(5, 4, 64))));

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireRank(0, 3);
    operands.requireFloating(0);
    operands.requireType(1, F32);
    Shape x = operands.shape(0);
    Shape angles = operands.shape(1);
    operands.require(
        angles.rank() == 3 && angles.dim(-1) == 2,
        "angles are %s, not [tokens, pairs, 2]".formatted(angles),
        "pass the result of rope_angles");
    operands.require(
        angles.dim(0) == x.dim(-3),
        "angles for %d tokens, x has %d".formatted(angles.dim(0), x.dim(-3)),
        "x is [..., tokens, heads, headSize]; pass one position for each token");
    operands.require(
        2 * angles.dim(1) <= x.dim(-1),
        "%d pairs do not fit into heads of %d".formatted(angles.dim(1), x.dim(-1)),
        "rotate at most as many elements as a head has");
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] x = operands.get(0).elements();
    double[] y = x.clone();
    Shape shape = result.shape();
    int pairs = (int) operands.shape(1).dim(1);
    for (int row = 0; row < shape.rows(); row++) {
      long token = row / shape.dim(-2) % shape.dim(-3);
      for (int pair = 0; pair < pairs; pair++) {
        double cosine = operands.get(1).at((token * pairs + pair) * 2);
        double sine = operands.get(1).at((token * pairs + pair) * 2 + 1);
        int first = row * (int) shape.dim(-1) + style.first(pair);
        int second = row * (int) shape.dim(-1) + style.second(pair, pairs);
        y[first] = x[first] * cosine - x[second] * sine;
        y[second] = x[first] * sine + x[second] * cosine;
      }
    }
    return y;
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
