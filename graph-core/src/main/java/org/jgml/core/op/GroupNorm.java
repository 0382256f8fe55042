package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Normalisation of groups of channels to mean 0 and variance 1. `x` is `[…, channels, height,
/// width]`; a group is `ceil(channels / groups)` consecutive channels, the last one may be smaller.
public record GroupNorm(int groups, float epsilon) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "group_norm",
          List.of("x"),
          List.of(
              Sample.of("one group", new GroupNorm(1, 1e-6f), Sample.Operand.of(F32, 3, 5, 7)),
              Sample.of("a batch", new GroupNorm(4, 1e-6f), Sample.Operand.of(F32, 2, 8, 3, 33)),
              Sample.of("smaller last", new GroupNorm(3, 1e-6f), Sample.Operand.of(F32, 5, 1, 9)),
              Sample.of("long rows", new GroupNorm(2, 1e-6f), Sample.Operand.of(F32, 2, 1, 4099)),
              Sample.of("one element", new GroupNorm(2, 0.1f), Sample.Operand.of(F32, 2, 1, 1)),
              Sample.of(
                  "half precision", new GroupNorm(2, 1e-6f), Sample.Operand.of(F16, 4, 5, 6))),
          List.of(
              ErrorSample.of("5 groups for 4 channels", new GroupNorm(5, 1e-6f), f32(1, 4, 3, 3)),
              ErrorSample.of("0 groups for 4 channels", new GroupNorm(0, 1e-6f), f32(4, 3, 3)),
              ErrorSample.of("at least 3 axes, has 2", new GroupNorm(2, 1e-6f), f32(4, 9)),
              ErrorSample.of("epsilon must be >= 0, is -1.0", new GroupNorm(2, -1), f32(4, 3, 3)),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  new GroupNorm(2, 1e-6f),
                  TensorType.of(Q8_0, 4, 2, 32))));

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.require(
        epsilon >= 0, "epsilon must be >= 0, is " + epsilon, "pass the epsilon of the model");
    operands.requireRank(0, 3);
    operands.requireFloating(0);
    long channels = operands.shape(0).dim(-3);
    operands.require(
        groups >= 1 && groups <= channels,
        "%d groups for %d channels".formatted(groups, channels),
        "x is [..., channels, height, width]; pass from 1 to as many groups as channels");
    return operands.type(0);
  }

  /// Channels of each group but perhaps the last.
  public long channelsPerGroup(long channels) {
    return Math.ceilDiv(channels, groups);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    Shape shape = result.shape();
    double[] y = operands.get(0).elements().clone();
    int channelElements = (int) (shape.dim(-1) * shape.dim(-2));
    int imageElements = channelElements * (int) shape.dim(-3);
    int groupElements = channelElements * (int) channelsPerGroup(shape.dim(-3));
    for (int image = 0; image < y.length; image += imageElements) {
      for (int group = 0; group < imageElements; group += groupElements) {
        int end = image + Math.min(group + groupElements, imageElements);
        Norm.standardise(y, image + group, end, epsilon);
      }
    }
    return y;
  }

  @Override
  public long reductionLength(Operands operands, TensorType result) {
    return Math.max(1, operands.shape(0).elements() / groups);
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(5 * result.shape().elements());
  }
}
