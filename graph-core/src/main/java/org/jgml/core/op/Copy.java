package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.op.ErrorSample.i32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.I64;
import static org.jgml.core.tensor.DataType.Q4_0;

import java.util.List;
import org.jgml.core.tensor.TensorType;

/// The same elements, without gaps and in row-major order, in memory of their own: what makes a
/// permuted or sliced view dense.
public record Copy() implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "copy",
          List.of("x"),
          List.of(
              Sample.of("long row", new Copy(), Sample.Operand.of(F32, 4099)),
              Sample.of("one element", new Copy(), Sample.Operand.of(F32, 1)),
              Sample.of("four axes", new Copy(), Sample.Operand.of(F32, 3, 5, 7, 11)),
              Sample.of("half precision", new Copy(), Sample.Operand.of(F16, 7, 33)),
              Sample.of("brain floats", new Copy(), Sample.Operand.of(BF16, 2, 3, 5)),
              Sample.of(
                  "integers",
                  new Copy(),
                  Sample.Operand.of(I32, 7, 33).with(new Fill.Indices(1 << 20))),
              Sample.of(
                  "long integers",
                  new Copy(),
                  Sample.Operand.of(I64, 7, 33).with(new Fill.Indices(1L << 40))),
              Sample.of("quantised", new Copy(), Sample.Operand.of(Q4_0, 5, 64))),
          List.of(
              ErrorSample.of("takes 1 operands [x], got 0", new Copy()),
              ErrorSample.of("takes 1 operands [x], got 2", new Copy(), f32(8), f32(8)),
              ErrorSample.of("takes 1 operands [x], got 3", new Copy(), f32(8), i32(8), f32(1))));

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    return operands.get(0).elements().clone();
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result);
  }
}
