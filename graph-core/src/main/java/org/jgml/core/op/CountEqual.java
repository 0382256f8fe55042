package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.op.ErrorSample.i32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.I64;

import java.util.List;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// How many elements of two tensors of integers are equal, as I64 `[1]`.
public record CountEqual() implements Op.Compute {
  private static final CountEqual OP = new CountEqual();

  static final OpSpec SPEC =
      new OpSpec(
          "count_equal",
          List.of("a", "b"),
          List.of(
              Sample.of("one row", OP, few(I32, 4099), few(I32, 4099)),
              Sample.of("rows", OP, few(I32, 2, 7, 33), few(I32, 2, 7, 33)),
              Sample.of("long integers", OP, few(I64, 5, 65), few(I64, 5, 65)),
              Sample.of("one element", OP, few(I32, 1), few(I32, 1))),
          List.of(
              ErrorSample.of("[4, 8] and [4, 7] differ", OP, i32(4, 8), i32(4, 7)),
              ErrorSample.of("a must be I32 or I64, is F32", OP, f32(8), i32(8)),
              ErrorSample.of(
                  "element types differ (I32 and I64)", OP, i32(8), TensorType.of(I64, 8))));

  private static Sample.Operand few(DataType type, long... dims) {
    return Sample.Operand.of(type, dims).with(new Fill.Indices(3));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireIndices(0);
    operands.require(
        operands.dataType(0) == operands.dataType(1),
        "element types differ (%s and %s)".formatted(operands.dataType(0), operands.dataType(1)),
        "pass integers of one type");
    operands.require(
        operands.shape(0).equals(operands.shape(1)),
        "%s and %s differ".formatted(operands.shape(0), operands.shape(1)),
        "pass tensors of one shape");
    return new TensorType(I64, Shape.of(1));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] a = operands.get(0).elements();
    double[] b = operands.get(1).elements();
    double equal = 0;
    for (int i = 0; i < a.length; i++) {
      equal += a[i] == b[i] ? 1 : 0;
    }
    return new double[] {equal};
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result);
  }
}
