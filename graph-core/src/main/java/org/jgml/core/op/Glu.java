package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import java.util.Locale;
import org.jgml.core.tensor.TensorType;

/// A gated linear unit: `activation(gate) · up`. A tensor that holds both side by side is passed as
/// two slices.
public record Glu(Kind kind) implements Op.Compute {
  /// The units, by the activation of the gate.
  public enum Kind {
    REGLU(Unary.Kind.RELU),
    GEGLU(Unary.Kind.GELU),
    SWIGLU(Unary.Kind.SILU),
    GEGLU_ERF(Unary.Kind.GELU_ERF),
    GEGLU_QUICK(Unary.Kind.GELU_QUICK);

    private final Unary.Kind activation;
    private final OpSpec spec = specOf(this);

    Kind(Unary.Kind activation) {
      this.activation = activation;
    }

    /// The function of the gate.
    public Unary.Kind activation() {
      return activation;
    }
  }

  private static OpSpec specOf(Kind kind) {
    Glu op = new Glu(kind);
    return new OpSpec(
        kind.name().toLowerCase(Locale.ROOT),
        List.of("gate", "up"),
        List.of(
            Sample.of("one decode row", op, gate(1, 4099), Sample.Operand.of(F32, 1, 4099)),
            Sample.of("one element", op, gate(1), Sample.Operand.of(F32, 1)),
            Sample.of("odd extents", op, gate(5, 7, 33), Sample.Operand.of(F32, 5, 7, 33)),
            Sample.of(
                "half precision", op, Sample.Operand.of(F16, 3, 33), Sample.Operand.of(F16, 3, 33)),
            Sample.of(
                "brain floats", op, Sample.Operand.of(BF16, 65), Sample.Operand.of(BF16, 65))),
        List.of(
            ErrorSample.of("gate is [2, 8] but up is [2, 7]", op, f32(2, 8), f32(2, 7)),
            ErrorSample.of(
                "element types differ (F32 and F16)", op, f32(2, 8), TensorType.of(F16, 2, 8)),
            ErrorSample.of(
                "gate must be F32, F16 or BF16, is Q8_0",
                op,
                TensorType.of(Q8_0, 2, 32),
                TensorType.of(Q8_0, 2, 32)),
            ErrorSample.of("takes 2 operands [gate, up], got 1", op, f32(2, 16))));
  }

  private static Sample.Operand gate(long... dims) {
    return Sample.Operand.of(F32, dims).with(new Fill.Uniform(-10, 10));
  }

  @Override
  public OpSpec spec() {
    return kind.spec;
  }

  /// GELU subtracts nearly equal numbers where its argument is far below zero.
  @Override
  public boolean roundsFactorsToZero() {
    return kind == Kind.GEGLU || kind == Kind.GEGLU_ERF;
  }

  @Override
  public TensorType infer(Operands operands) {
    return inferPair(operands);
  }

  /// The type of a function of two operands of the same type and shape.
  static TensorType inferPair(Operands operands) {
    operands.requireFloating(0);
    operands.require(
        operands.dataType(0) == operands.dataType(1),
        "element types differ (%s and %s)".formatted(operands.dataType(0), operands.dataType(1)),
        "cast one of them");
    operands.require(
        operands.shape(0).equals(operands.shape(1)),
        "gate is %s but up is %s".formatted(operands.shape(0), operands.shape(1)),
        "pass two tensors of the same shape");
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] y = operands.get(0).elements().clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = kind.activation.apply(y[i]) * operands.get(1).at(i);
    }
    return y;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(2 * result.shape().elements());
  }

  @Override
  public List<Integer> reusableOperands() {
    return List.of(0, 1);
  }
}
