package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import java.util.Locale;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Arithmetic on pairs of elements; shapes broadcast by NumPy's rule.
public record Binary(Kind kind) implements Op.Compute {
  /// The function of a pair.
  public enum Kind {
    ADD,
    SUB,
    MUL,
    DIV;

    private final OpSpec spec = specOf(this);

    /// The function in double precision.
    public double apply(double a, double b) {
      return switch (this) {
        case ADD -> a + b;
        case SUB -> a - b;
        case MUL -> a * b;
        case DIV -> a / b;
      };
    }
  }

  private static OpSpec specOf(Kind kind) {
    Binary op = new Binary(kind);
    return new OpSpec(
        kind.name().toLowerCase(Locale.ROOT),
        List.of("a", "b"),
        List.of(
            Sample.of("same shape", op, x(7, 33), divisor(7, 33)),
            Sample.of("row to rows", op, x(5, 4099), divisor(4099)),
            Sample.of("column to rows", op, x(5, 64), divisor(5, 1)),
            Sample.of("scalar", op, x(3, 17), divisor(1)),
            Sample.of("both broadcast", op, x(4, 1, 31), divisor(3, 1)),
            Sample.of("a is the smaller", op, x(31), divisor(2, 3, 31)),
            Sample.of(
                "half precision",
                op,
                Sample.Operand.of(F16, 5, 33),
                Sample.Operand.of(F16, 33).with(new Fill.Uniform(0.5, 2))),
            Sample.of(
                "brain floats",
                op,
                Sample.Operand.of(BF16, 5, 33),
                Sample.Operand.of(BF16, 5, 33).with(new Fill.Uniform(0.5, 2)))),
        List.of(
            ErrorSample.of("[5, 7] and [5, 6] do not broadcast", op, f32(5, 7), f32(5, 6)),
            ErrorSample.of(
                "element types differ (F32 and F16)", op, f32(5, 7), TensorType.of(F16, 7)),
            ErrorSample.of(
                "a must be F32, F16 or BF16, is Q8_0",
                op,
                TensorType.of(Q8_0, 2, 32),
                TensorType.of(Q8_0, 2, 32)),
            ErrorSample.of("takes 2 operands", op, f32(5, 7))));
  }

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  private static Sample.Operand divisor(long... dims) {
    return x(dims).with(new Fill.Uniform(0.5, 2));
  }

  @Override
  public OpSpec spec() {
    return kind.spec;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireFloating(0);
    operands.require(
        operands.dataType(0) == operands.dataType(1),
        "element types differ (%s and %s)".formatted(operands.dataType(0), operands.dataType(1)),
        "cast one of them");
    return operands.type(0).withShape(broadcast(operands, operands.shape(0), operands.shape(1)));
  }

  /// The shape that two shapes broadcast to.
  static Shape broadcast(Operands operands, Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    Shape left = a.padded(rank);
    Shape right = b.padded(rank);
    long[] dims = new long[rank];
    boolean fits = true;
    for (int axis = 0; axis < rank; axis++) {
      dims[axis] = left.dim(axis) == 1 ? right.dim(axis) : left.dim(axis);
      fits &= right.dim(axis) == 1 || right.dim(axis) == dims[axis];
    }
    operands.require(
        fits,
        "%s and %s do not broadcast".formatted(a, b),
        "aligned at the last axis, extents must be equal or 1");
    return Shape.of(dims);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] y = new double[(int) result.shape().elements()];
    for (int i = 0; i < y.length; i++) {
      double a = operands.get(0).broadcast(result.shape(), i);
      double b = operands.get(1).broadcast(result.shape(), i);
      y[i] = kind.apply(a, b);
    }
    return y;
  }

  @Override
  public List<Integer> reusableOperands() {
    return List.of(0, 1);
  }
}
