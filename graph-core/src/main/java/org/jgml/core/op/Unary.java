package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jgml.core.tensor.TensorType;

/// A function without parameters of each element.
public record Unary(Kind kind) implements Op.Compute {
  /// The function of an element.
  public enum Kind {
    ABS,
    SGN,
    NEG,
    STEP,
    TANH,
    ELU,
    RELU,
    SIGMOID,
    /// The tanh approximation of [#GELU_ERF].
    GELU,
    /// `x · Φ(x)` with the normal distribution function `Φ`.
    GELU_ERF,
    /// The logistic approximation of [#GELU_ERF].
    GELU_QUICK,
    SILU,
    HARDSWISH,
    HARDSIGMOID,
    EXP,
    EXPM1,
    SOFTPLUS,
    FLOOR,
    CEIL,
    /// To the nearest integer, halves away from zero.
    ROUND,
    TRUNC,
    SQR,
    SQRT,
    LOG,
    SIN,
    COS;

    private final OpSpec spec = specOf(this);

    /// The function in double precision.
    public double apply(double x) {
      return switch (this) {
        case ABS -> Math.abs(x);
        case SGN -> Math.signum(x);
        case NEG -> -x;
        case STEP -> x > 0 ? 1 : 0;
        case TANH -> Math.tanh(x);
        case ELU -> x > 0 ? x : Math.expm1(x);
        case RELU -> Math.max(x, 0);
        case SIGMOID -> sigmoid(x);
        // 1 + tanh(u) is 2 sigmoid(2u), which does not cancel for negative u.
        case GELU -> x * sigmoid(2 * Math.sqrt(2 / Math.PI) * x * (1 + 0.044715 * x * x));
        case GELU_ERF -> 0.5 * x * ErrorFunction.complement(-x / Math.sqrt(2));
        case GELU_QUICK -> x * sigmoid(1.702 * x);
        case SILU -> x * sigmoid(x);
        case HARDSWISH -> x * hardSigmoid(x);
        case HARDSIGMOID -> hardSigmoid(x);
        case EXP -> Math.exp(x);
        case EXPM1 -> Math.expm1(x);
        case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
        case FLOOR -> Math.floor(x);
        case CEIL -> Math.ceil(x);
        case ROUND -> Math.copySign(Math.floor(Math.abs(x) + 0.5), x);
        case TRUNC -> x < 0 ? Math.ceil(x) : Math.floor(x);
        case SQR -> x * x;
        case SQRT -> Math.sqrt(x);
        case LOG -> Math.log(x);
        case SIN -> Math.sin(x);
        case COS -> Math.cos(x);
      };
    }

    private static double sigmoid(double x) {
      return 1 / (1 + Math.exp(-x));
    }

    private static double hardSigmoid(double x) {
      return Math.clamp((x + 3) / 6, 0, 1);
    }
  }

  private static OpSpec specOf(Kind kind) {
    Unary op = new Unary(kind);
    Fill near = positive(kind) ? new Fill.Uniform(0.01, 20) : new Fill.Uniform(-10, 10);
    Fill far = positive(kind) ? new Fill.Uniform(1e-3, 1000) : new Fill.Uniform(-80, 80);
    return new OpSpec(
        kind.name().toLowerCase(Locale.ROOT),
        List.of("x"),
        List.of(
            Sample.of("long row", op, Sample.Operand.of(F32, 4099).with(near)),
            Sample.of("one element", op, Sample.Operand.of(F32, 1).with(near)),
            Sample.of("far from zero", op, Sample.Operand.of(F32, 5, 7, 11, 13).with(far)),
            Sample.of("half precision", op, Sample.Operand.of(F16, 3, 33).with(near)),
            Sample.of("brain floats", op, Sample.Operand.of(BF16, 2, 3, 33).with(near))),
        List.of(
            ErrorSample.of("x must be F32, F16 or BF16, is Q8_0", op, TensorType.of(Q8_0, 2, 32)),
            ErrorSample.of("x must be F32, F16 or BF16, is I32", op, ErrorSample.i32(7)),
            ErrorSample.of("takes 1 operands [x], got 2", op, f32(5), f32(5))));
  }

  private static boolean positive(Kind kind) {
    return kind == Kind.SQRT || kind == Kind.LOG;
  }

  @Override
  public OpSpec spec() {
    return kind.spec;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireFloating(0);
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    return Arrays.stream(operands.get(0).elements()).map(kind::apply).toArray();
  }

  @Override
  public List<Integer> reusableOperands() {
    return List.of(0);
  }
}
