package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;

import java.util.List;
import org.jgml.core.tensor.TensorType;

/// The result of attention from all that keys contribute, as [AttentionPartial] or [AttentionMerge]
/// gives it: each row's weighted values over the sum of their weights, `[tokens, heads, valueSize +
/// 2]` to `[tokens, heads, valueSize]`. A query that saw no key gives 0.
public record AttentionFinish() implements Op.Compute {
  private static final AttentionFinish OP = new AttentionFinish();

  static final OpSpec SPEC =
      new OpSpec(
          "attention_finish",
          List.of("partial"),
          List.of(
              Sample.of("prefill", OP, partial(5, 4, 66)),
              Sample.of("one token", OP, partial(1, 14, 66)),
              Sample.of("one value", OP, partial(3, 1, 3)),
              Sample.of("long rows", OP, partial(1, 1, 4099)),
              Sample.of("nothing seen", OP, partial(2, 3, 35).with(new Fill.Ties(1)))),
          List.of(
              ErrorSample.of("rows of 2 hold no value", OP, f32(5, 4, 2)),
              ErrorSample.of("partial needs at least 1 axes, has 0", OP, f32()),
              ErrorSample.of("partial must be F32, is F16", OP, TensorType.of(F16, 5, 4, 66))));

  private static Sample.Operand partial(long... dims) {
    return Sample.Operand.of(F32, dims).with(new Fill.PartialAttention());
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireType(0, F32);
    operands.requireRank(0, 1);
    long length = operands.shape(0).rowLength();
    operands.require(
        length > AttentionPartial.STATISTICS,
        "rows of %d hold no value".formatted(length),
        "pass the result of attention_partial");
    return operands
        .type(0)
        .withShape(operands.shape(0).with(-1, length - AttentionPartial.STATISTICS));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    int width = (int) operands.shape(0).rowLength();
    int length = (int) result.shape().rowLength();
    double[] y = new double[(int) result.shape().elements()];
    for (int i = 0; i < y.length; i++) {
      int row = i / length * width;
      double sum = operands.get(0).at(row + width - 1);
      y[i] = sum == 0 ? 0 : operands.get(0).at(row + i % length) / sum;
    }
    return y;
  }
}
