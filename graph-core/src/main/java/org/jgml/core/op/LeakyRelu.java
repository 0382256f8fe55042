package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.TensorType;

/// `x` where it is positive, `slope · x` elsewhere.
public record LeakyRelu(float slope) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "leaky_relu",
          List.of("x"),
          List.of(
              Sample.of("long row", new LeakyRelu(0.01f), x(4099)),
              Sample.of("one element", new LeakyRelu(0.3f), x(1)),
              Sample.of("slope zero", new LeakyRelu(0), x(7, 33)),
              Sample.of("half precision", new LeakyRelu(0.2f), Sample.Operand.of(F16, 3, 33)),
              Sample.of("brain floats", new LeakyRelu(0.2f), Sample.Operand.of(BF16, 2, 3, 65))),
          List.of(
              ErrorSample.of("slope must be finite, is NaN", new LeakyRelu(Float.NaN), f32(2, 8)),
              ErrorSample.of(
                  "slope must be finite, is Infinity",
                  new LeakyRelu(Float.POSITIVE_INFINITY),
                  f32(2, 8)),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  new LeakyRelu(0.1f),
                  TensorType.of(Q8_0, 2, 32)),
              ErrorSample.of(
                  "takes 1 operands [x], got 2", new LeakyRelu(0.1f), f32(2, 8), f32(8))));

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims).with(new Fill.Uniform(-10, 10));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireFinite("slope", slope);
    operands.requireFloating(0);
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    return Arrays.stream(operands.get(0).elements()).map(x -> x > 0 ? x : slope * x).toArray();
  }

  @Override
  public List<Integer> reusableOperands() {
    return List.of(0);
  }
}
