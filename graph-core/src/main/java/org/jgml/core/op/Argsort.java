package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jgml.core.tensor.TensorType;

/// The indices that sort each row. The sort is stable in both directions, so that of equal values
/// the one of the lower index comes first; NaN counts as the smallest value.
public record Argsort(boolean descending) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "argsort",
          List.of("x"),
          List.of(
              Sample.of("ascending", new Argsort(false), Sample.Operand.of(F32, 7, 33)),
              Sample.of("descending", new Argsort(true), Sample.Operand.of(F32, 2, 3, 8)),
              Sample.of("one element", new Argsort(true), Sample.Operand.of(F32, 1)),
              Sample.of("long row", new Argsort(false), Sample.Operand.of(F32, 4099)),
              Sample.of("ties upwards", new Argsort(false), ties(5, 129)),
              Sample.of("ties downwards", new Argsort(true), ties(5, 129))),
          List.of(
              ErrorSample.of("x must be F32, is F16", new Argsort(true), TensorType.of(F16, 2, 8)),
              ErrorSample.of("at least 1 axes, has 0", new Argsort(true), f32()),
              ErrorSample.of("takes 1 operands [x], got 2", new Argsort(true), f32(8), f32(8))));

  private static Sample.Operand ties(long... dims) {
    return Sample.Operand.of(F32, dims).with(new Fill.Ties(4));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireRank(0, 1);
    operands.requireType(0, F32);
    return operands.type(0).withDataType(I32);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    return first(operands.get(0), (int) result.shape().rowLength(), descending);
  }

  /// The first `count` indices of each sorted row, as the elements of a tensor.
  static double[] first(Arguments.Values x, int count, boolean descending) {
    int length = (int) x.shape().rowLength();
    return IntStream.range(0, (int) x.shape().rows())
        .mapToObj(row -> order(x, row * length, descending))
        .flatMapToDouble(order -> order.limit(count).asDoubleStream())
        .toArray();
  }

  private static IntStream order(Arguments.Values x, int from, boolean descending) {
    Comparator<Integer> byValue = (i, j) -> compare(x.at(from + i), x.at(from + j));
    return IntStream.range(0, (int) x.shape().rowLength())
        .boxed()
        .sorted(descending ? byValue.reversed() : byValue)
        .mapToInt(Integer::intValue);
  }

  /// The order of values: numerical, zeros of either sign equal, NaN below all.
  public static int compare(double a, double b) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Boolean.compare(Double.isNaN(b), Double.isNaN(a));
    }
    return a < b ? -1 : a > b ? 1 : 0;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    long steps = Long.SIZE - Long.numberOfLeadingZeros(result.shape().rowLength());
    return Cost.ofBytes(operands, result).withFlops(steps * result.shape().elements());
  }
}
