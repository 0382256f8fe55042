package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.op.ErrorSample.i32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Two tensors joined along an axis, `a` first; negative axes count from the end.
public record Concat(int axis) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "concat",
          List.of("a", "b"),
          List.of(
              Sample.of("rows", new Concat(0), x(3, 33), x(4, 33)),
              Sample.of("within rows", new Concat(-1), x(5, 33), x(5, 64)),
              Sample.of("middle axis", new Concat(1), x(2, 3, 7), x(2, 1, 7)),
              Sample.of("vectors", new Concat(0), x(4099), x(1)),
              Sample.of(
                  "half precision",
                  new Concat(-2),
                  Sample.Operand.of(F16, 2, 5, 9),
                  Sample.Operand.of(F16, 2, 3, 9)),
              Sample.of(
                  "brain floats",
                  new Concat(1),
                  Sample.Operand.of(BF16, 2, 5),
                  Sample.Operand.of(BF16, 2, 3)),
              Sample.of("integers", new Concat(0), integers(7), integers(33)),
              Sample.of(
                  "quantised rows",
                  new Concat(-1),
                  Sample.Operand.of(Q8_0, 3, 32),
                  Sample.Operand.of(Q8_0, 3, 64))),
          List.of(
              ErrorSample.of("axis 2 is outside", new Concat(2), f32(4, 4), f32(4, 4)),
              ErrorSample.of("axis -3 is outside", new Concat(-3), f32(4, 4), f32(4, 4)),
              ErrorSample.of(
                  "[4, 8] and [4, 7] differ on another axis than 0",
                  new Concat(0),
                  f32(4, 8),
                  f32(4, 7)),
              ErrorSample.of(
                  "[4, 8] and [8] differ on another axis than 0", new Concat(0), f32(4, 8), f32(8)),
              ErrorSample.of(
                  "element types differ (F32 and I32)", new Concat(0), f32(4, 8), i32(4, 8))));

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  private static Sample.Operand integers(long... dims) {
    return Sample.Operand.of(I32, dims).with(new Fill.Indices(1000));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    Shape a = operands.shape(0);
    Shape b = operands.shape(1);
    operands.requireAxis(0, axis);
    operands.require(
        operands.dataType(0) == operands.dataType(1),
        "element types differ (%s and %s)".formatted(operands.dataType(0), operands.dataType(1)),
        "cast one of them");
    operands.require(
        operands.dataType(0).isInteger() || SetRows.WRITABLE.contains(operands.dataType(0)),
        "cannot write " + operands.dataType(0),
        "cast both to F32");
    operands.require(
        b.rank() == a.rank() && b.with(axis, a.dim(axis)).equals(a),
        "%s and %s differ on another axis than %d".formatted(a, b, axis),
        "join tensors that are alike on all other axes");
    return operands.type(0).withShape(a.with(axis, a.dim(axis) + b.dim(axis)));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    Arguments.Values a = operands.get(0);
    Arguments.Values b = operands.get(1);
    int fromA = run(a.shape());
    int fromB = run(b.shape());
    double[] y = new double[(int) result.shape().elements()];
    for (int i = 0; i < y.length; i++) {
      int outer = i / (fromA + fromB);
      int inner = i % (fromA + fromB);
      y[i] = inner < fromA ? a.at(outer * fromA + inner) : b.at(outer * fromB + inner - fromA);
    }
    return y;
  }

  /// Consecutive elements of one operand that come together in the result.
  private int run(Shape shape) {
    return (int) shape.range(shape.axis(axis), shape.rank()).elements();
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result);
  }
}
