package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;

import java.util.List;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The index of the maximum of each row, the first one of several: `[…, n]` becomes `[…]`, and
/// `[n]` becomes `[1]`. NaN counts as the smallest value.
public record Argmax() implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "argmax",
          List.of("x"),
          List.of(
              Sample.of("logits of one token", new Argmax(), Sample.Operand.of(F32, 4099)),
              Sample.of("one element", new Argmax(), Sample.Operand.of(F32, 3, 1)),
              Sample.of("rows", new Argmax(), Sample.Operand.of(F32, 2, 7, 33)),
              Sample.of(
                  "ties", new Argmax(), Sample.Operand.of(F32, 5, 129).with(new Fill.Ties(4)))),
          List.of(
              ErrorSample.of("x must be F32, is F16", new Argmax(), TensorType.of(F16, 2, 8)),
              ErrorSample.of("at least 1 axes, has 0", new Argmax(), f32()),
              ErrorSample.of("rows of 0 elements have no maximum", new Argmax(), f32(2, 0))));

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireRank(0, 1);
    operands.requireType(0, F32);
    Shape x = operands.shape(0);
    operands.require(
        x.rowLength() > 0,
        "rows of 0 elements have no maximum",
        "pass rows of at least one element");
    return new TensorType(I32, x.rank() == 1 ? Shape.of(1) : x.range(0, x.rank() - 1));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    return Argsort.first(operands.get(0), 1, true);
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(operands.shape(0).elements());
  }
}
