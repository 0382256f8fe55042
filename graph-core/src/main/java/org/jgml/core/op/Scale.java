package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.TensorType;

/// `factor · x + bias`.
public record Scale(float factor, float bias) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "scale",
          List.of("x"),
          List.of(
              Sample.of("long row", new Scale(0.1f, 0), x(4099)),
              Sample.of("one element", new Scale(-3, 2), x(1)),
              Sample.of("with a bias", new Scale(1.5f, -0.25f), x(5, 7, 33)),
              Sample.of("half precision", new Scale(0.125f, 1), Sample.Operand.of(F16, 3, 33)),
              Sample.of("brain floats", new Scale(2, 0), Sample.Operand.of(BF16, 2, 3, 65))),
          List.of(
              ErrorSample.of("factor must be finite, is NaN", new Scale(Float.NaN, 0), f32(2, 8)),
              ErrorSample.of(
                  "bias must be finite, is -Infinity",
                  new Scale(1, Float.NEGATIVE_INFINITY),
                  f32(2, 8)),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  new Scale(2, 0),
                  TensorType.of(Q8_0, 2, 32)),
              ErrorSample.of("takes 1 operands [x], got 2", new Scale(2, 0), f32(2, 8), f32(1))));

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims).with(new Fill.Uniform(-10, 10));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireFinite("factor", factor);
    operands.requireFinite("bias", bias);
    operands.requireFloating(0);
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    return Arrays.stream(operands.get(0).elements()).map(x -> factor * x + bias).toArray();
  }

  @Override
  public List<Integer> reusableOperands() {
    return List.of(0);
  }
}
