package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.TensorType;

/// `x`, but at least `low` and at most `high`; either may be infinite.
public record Clamp(float low, float high) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "clamp",
          List.of("x"),
          List.of(
              Sample.of("long row", new Clamp(-0.5f, 0.75f), x(4099)),
              Sample.of("one element", new Clamp(0, 1), x(1)),
              Sample.of("no upper bound", new Clamp(-2, Float.POSITIVE_INFINITY), x(5, 7, 33)),
              Sample.of("half precision", new Clamp(-0.5f, 0.5f), Sample.Operand.of(F16, 3, 33)),
              Sample.of("brain floats", new Clamp(-0.5f, 0.5f), Sample.Operand.of(BF16, 2, 3, 65))),
          List.of(
              ErrorSample.of("low 2.0 and high 1.0 bound nothing", new Clamp(2, 1), f32(2, 8)),
              ErrorSample.of(
                  "low NaN and high 1.0 bound nothing", new Clamp(Float.NaN, 1), f32(2, 8)),
              ErrorSample.of(
                  "low 0.0 and high NaN bound nothing", new Clamp(0, Float.NaN), f32(2, 8)),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  new Clamp(0, 1),
                  TensorType.of(Q8_0, 2, 32))));

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims).with(new Fill.Uniform(-10, 10));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.require(
        low <= high,
        "low %s and high %s bound nothing".formatted(low, high),
        "pass numbers with low <= high");
    operands.requireFloating(0);
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    return Arrays.stream(operands.get(0).elements())
        .map(x -> Math.min(Math.max(x, low), high))
        .toArray();
  }

  @Override
  public List<Integer> reusableOperands() {
    return List.of(0);
  }
}
