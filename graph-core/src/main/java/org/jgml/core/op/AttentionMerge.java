package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F32;

import java.util.List;
import java.util.stream.IntStream;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The union of what several sets of keys contribute to attention, as [AttentionPartial] gives it:
/// of the rows `(o, m, l)` that belong together, `m` is the maximum, `o` and `l` are sums weighted
/// by `exp(m of the part - m)`.
///
/// Associative; a part that saw no key, `m` minus infinity and the rest 0, changes nothing.
///
/// @param parts the number of operands, `part.0` and so on, all F32 `[tokens, heads, valueSize +
///   2]`
public record AttentionMerge(int parts) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "attention_merge",
          List.of("part.0"),
          List.of(
              Sample.of("two parts", new AttentionMerge(2), part(5, 4, 66), part(5, 4, 66)),
              Sample.of("one part", new AttentionMerge(1), part(1, 3, 35)),
              Sample.of(
                  "four parts of one token",
                  new AttentionMerge(4),
                  part(1, 14, 66),
                  part(1, 14, 66),
                  part(1, 14, 66),
                  part(1, 14, 66)),
              Sample.of("no values", new AttentionMerge(2), part(3, 1, 2), part(3, 1, 2)),
              Sample.of("long rows", new AttentionMerge(2), part(1, 1, 4099), part(1, 1, 4099))),
          List.of(
              ErrorSample.of("parts must be >= 1, are 0", new AttentionMerge(0)),
              ErrorSample.of(
                  "part.1 is F32 [5, 4, 34], part.0 is F32 [5, 4, 66]",
                  new AttentionMerge(2),
                  f32(5, 4, 66),
                  f32(5, 4, 34)),
              ErrorSample.of(
                  "rows of 1 cannot hold a maximum and a sum", new AttentionMerge(1), f32(5, 4, 1)),
              ErrorSample.of(
                  "takes 2 operands [part.0, part.1], got 1",
                  new AttentionMerge(2),
                  f32(5, 4, 66))));

  private static Sample.Operand part(long... dims) {
    return Sample.Operand.of(F32, dims).with(new Fill.PartialAttention());
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public List<String> operandNames() {
    return IntStream.range(0, parts).mapToObj(i -> "part." + i).toList();
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.require(parts >= 1, "parts must be >= 1, are " + parts, "merge at least one part");
    operands.requireType(0, F32);
    requireStatistics(operands, 0);
    for (int i = 1; i < parts; i++) {
      operands.require(
          operands.type(i).equals(operands.type(0)),
          "part.%d is %s, part.0 is %s".formatted(i, operands.type(i), operands.type(0)),
          "merge parts of the same queries and values");
    }
    return operands.type(0);
  }

  /// Refuses an operand whose rows are too short to be those of a partial attention.
  static void requireStatistics(Operands operands, int index) {
    operands.requireRank(index, 1);
    long length = operands.shape(index).rowLength();
    operands.require(
        length >= AttentionPartial.STATISTICS,
        "rows of %d cannot hold a maximum and a sum".formatted(length),
        "pass the result of attention_partial");
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    Shape shape = result.shape();
    int width = (int) shape.rowLength();
    double[] y = new double[(int) shape.elements()];
    for (int row = 0; row < shape.rows(); row++) {
      int maxAt = row * width + width - 2;
      double max = Double.NEGATIVE_INFINITY;
      for (Arguments.Values part : operands.values()) {
        max = Math.max(max, part.at(maxAt));
      }
      for (Arguments.Values part : operands.values()) {
        double factor = max == Double.NEGATIVE_INFINITY ? 0 : Math.exp(part.at(maxAt) - max);
        for (int i = row * width; i < (row + 1) * width; i++) {
          y[i] += i == maxAt ? 0 : factor * part.at(i);
        }
      }
      y[maxAt] = max;
    }
    return y;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(2L * parts * result.shape().elements());
  }
}
