package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.op.ErrorSample.i32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.IQ1_S;
import static org.jgml.core.tensor.DataType.IQ4_NL;
import static org.jgml.core.tensor.DataType.Q4_0;
import static org.jgml.core.tensor.DataType.Q4_1;
import static org.jgml.core.tensor.DataType.Q4_K;
import static org.jgml.core.tensor.DataType.Q5_0;
import static org.jgml.core.tensor.DataType.Q5_1;
import static org.jgml.core.tensor.DataType.Q6_K;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// The same values in another element type: any real type to one that can be written, and between
/// F32 and I32. From F32 to I32 the fraction is cut off, values beyond the range become its ends
/// and NaN becomes 0.
public record Cast(DataType type) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "cast",
          List.of("x"),
          FormatSamples.cast(
              List.of(
                  Sample.of("to half precision", new Cast(F16), Sample.Operand.of(F32, 3, 4099)),
                  Sample.of("from half precision", new Cast(F32), Sample.Operand.of(F16, 7, 33)),
                  Sample.of("to brain floats", new Cast(BF16), Sample.Operand.of(F32, 1)),
                  Sample.of("from brain floats", new Cast(F32), Sample.Operand.of(BF16, 2, 3, 33)),
                  Sample.of("between the halves", new Cast(F16), Sample.Operand.of(BF16, 5, 33)),
                  Sample.of(
                      "to integers",
                      new Cast(I32),
                      Sample.Operand.of(F32, 5, 33).with(new Fill.Uniform(-1000, 1000))),
                  Sample.of(
                      "from integers",
                      new Cast(F32),
                      Sample.Operand.of(I32, 5, 33).with(new Fill.Indices(1 << 20))),
                  Sample.of("to Q8_0", new Cast(Q8_0), Sample.Operand.of(F32, 3, 96)),
                  Sample.of("to Q4_0", new Cast(Q4_0), Sample.Operand.of(F32, 2, 3, 64)),
                  Sample.of("to Q4_1", new Cast(Q4_1), Sample.Operand.of(F32, 3, 64)),
                  Sample.of("to Q5_0", new Cast(Q5_0), Sample.Operand.of(F32, 3, 64)),
                  Sample.of("to Q5_1", new Cast(Q5_1), Sample.Operand.of(F32, 3, 64)),
                  Sample.of("to IQ4_NL", new Cast(IQ4_NL), Sample.Operand.of(F32, 3, 64)),
                  Sample.of(
                      "half precision to Q8_0", new Cast(Q8_0), Sample.Operand.of(F16, 3, 64)),
                  Sample.of("from Q8_0", new Cast(F32), Sample.Operand.of(Q8_0, 3, 96)),
                  Sample.of("from Q4_0", new Cast(F16), Sample.Operand.of(Q4_0, 3, 64)),
                  Sample.of("from Q4_K", new Cast(F32), Sample.Operand.of(Q4_K, 3, 512)),
                  Sample.of("from Q6_K", new Cast(F32), Sample.Operand.of(Q6_K, 3, 256)))),
          List.of(
              ErrorSample.of("F32 cannot be cast to IQ1_S", new Cast(IQ1_S), f32(2, 256)),
              ErrorSample.of("I32 cannot be cast to F16", new Cast(F16), i32(2, 8)),
              ErrorSample.of("F16 cannot be cast to I32", new Cast(I32), TensorType.of(F16, 2, 8)),
              ErrorSample.of(
                  "Q8_0 cannot be cast to Q8_0", new Cast(Q8_0), TensorType.of(Q8_0, 2, 32)),
              ErrorSample.of(
                  "rows of 33 elements cut Q8_0 blocks of 32", new Cast(Q8_0), f32(2, 33)),
              ErrorSample.of("takes 1 operands [x], got 2", new Cast(F16), f32(8), f32(8))));

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    DataType from = operands.dataType(0);
    operands.require(
        converts(from, type),
        "%s cannot be cast to %s".formatted(from, type),
        "cast real numbers to one of %s, or F32 to I32 and back".formatted(FormatSamples.WRITABLE));
    long length = operands.shape(0).rowLength();
    operands.require(
        length % type.blockElements() == 0,
        "rows of %d elements cut %s blocks of %d".formatted(length, type, type.blockElements()),
        "pad the rows to whole blocks");
    return operands.type(0).withDataType(type);
  }

  private static boolean converts(DataType from, DataType to) {
    if (from.isInteger() || to.isInteger()) {
      return from == F32 && to == I32 || from == I32 && to == F32;
    }
    return FormatSamples.WRITABLE.contains(to) && !(from.isQuantised() && from == to);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] x = operands.get(0).elements();
    return type == I32 ? Arrays.stream(x).map(value -> (int) value).toArray() : x.clone();
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result);
  }
}
