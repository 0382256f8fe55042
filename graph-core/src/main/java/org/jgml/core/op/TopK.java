package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;

import java.util.List;
import org.jgml.core.tensor.TensorType;

/// The indices of the `k` largest elements of each row, the largest first and, of equal ones, the
/// one of the lower index first. NaN counts as the smallest value.
public record TopK(int k) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "top_k",
          List.of("x"),
          List.of(
              Sample.of("experts", new TopK(8), Sample.Operand.of(F32, 5, 129)),
              Sample.of("one of one", new TopK(1), Sample.Operand.of(F32, 3, 1)),
              Sample.of("all", new TopK(33), Sample.Operand.of(F32, 2, 3, 33)),
              Sample.of("logits of one token", new TopK(40), Sample.Operand.of(F32, 4099)),
              Sample.of("ties", new TopK(7), Sample.Operand.of(F32, 5, 65).with(new Fill.Ties(4))),
              Sample.of(
                  "ties in long rows",
                  new TopK(30),
                  Sample.Operand.of(F32, 2, 1031).with(new Fill.Ties(4)))),
          List.of(
              ErrorSample.of("k is 9 for rows of 8", new TopK(9), f32(2, 8)),
              ErrorSample.of("k is 0 for rows of 8", new TopK(0), f32(2, 8)),
              ErrorSample.of("at least 1 axes, has 0", new TopK(1), f32()),
              ErrorSample.of("x must be F32, is F16", new TopK(2), TensorType.of(F16, 2, 8))));

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireRank(0, 1);
    operands.requireType(0, F32);
    long length = operands.shape(0).rowLength();
    operands.require(
        k >= 1 && k <= length,
        "k is %d for rows of %d".formatted(k, length),
        "pass a k from 1 to the row length");
    return new TensorType(I32, operands.shape(0).with(-1, k));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    return Argsort.first(operands.get(0), k, true);
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(operands.shape(0).elements());
  }
}
