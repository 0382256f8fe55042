package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import java.util.stream.IntStream;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The maximum or the mean of each place of a window, channel by channel: `[batch, channels, …]`
/// keeps its first two axes.
///
/// Padding never is a maximum; it counts as zeros in a mean, as in PyTorch.
public record Pool(Reduction reduction, Window window) implements Op.Compute {
  /// What becomes of the elements under a window.
  public enum Reduction {
    MAXIMUM,
    MEAN
  }

  static final OpSpec SPEC =
      new OpSpec(
          "pool",
          List.of("x"),
          List.of(
              Sample.of("sound", max(Window.of(3).withStride(3)), x(2, 3, 65)),
              Sample.of("long mean", mean(Window.of(5).withPadding(2)), x(1, 1, 4099)),
              Sample.of("image", max(Window.of(2, 2).withStride(2, 2)), x(2, 3, 8, 34)),
              Sample.of(
                  "padded maximum",
                  max(Window.of(3, 2).withStride(2, 1).withPadding(1, 1)),
                  x(1, 3, 9, 8).with(new Fill.Uniform(-2, -1))),
              Sample.of(
                  "padded mean",
                  mean(Window.of(3, 2).withStride(2, 1).withPadding(1, 1)),
                  x(1, 3, 9, 8)),
              Sample.of("dilated", max(Window.of(2, 3).withDilation(3, 2)), x(1, 2, 7, 40)),
              Sample.of("video", mean(Window.of(2, 2, 2).withStride(1, 2, 2)), x(1, 2, 3, 4, 6)),
              Sample.of("one element", max(Window.of(1)), x(1, 1, 1)),
              Sample.of(
                  "half precision", mean(Window.of(2, 2)), Sample.Operand.of(F16, 1, 2, 5, 33)),
              Sample.of(
                  "brain floats", max(Window.of(2, 2)), Sample.Operand.of(BF16, 1, 2, 5, 33))),
          List.of(
              ErrorSample.of(
                  "padding [2, 0] is more than half the kernel [3, 3]",
                  max(Window.of(3, 3).withPadding(2, 0)),
                  f32(1, 2, 8, 8)),
              ErrorSample.of(
                  "kernel [9, 1] with dilation [1, 1] does not fit",
                  max(Window.of(9, 1)),
                  f32(1, 2, 8, 8)),
              ErrorSample.of(
                  "rank 3 where a window of 2 axes needs 4", mean(Window.of(2, 2)), f32(2, 8, 8)),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  mean(Window.of(2)),
                  TensorType.of(Q8_0, 1, 2, 32))));

  private static Pool max(Window window) {
    return new Pool(Reduction.MAXIMUM, window);
  }

  private static Pool mean(Window window) {
    return new Pool(Reduction.MEAN, window);
  }

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireFloating(0);
    window.require(operands, 0, 2);
    boolean meetsInput =
        IntStream.range(0, window.axes())
            .allMatch(axis -> 2 * window.padding().get(axis) <= window.kernel().get(axis));
    operands.require(
        meetsInput,
        "padding %s is more than half the kernel %s".formatted(window.padding(), window.kernel()),
        "use less padding, so that each window meets an element");
    Shape x = operands.shape(0);
    Shape output = window.output(window.spatial(x));
    return operands.type(0).withShape(x.range(0, 2).append(output.dims()));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    Shape spatial = window.spatial(operands.shape(0));
    Shape output = window.spatial(result.shape());
    double[] y = new double[(int) result.shape().elements()];
    for (int i = 0; i < y.length; i++) {
      long firstElement = i / output.elements() * spatial.elements();
      double sum = 0;
      double max = Double.NEGATIVE_INFINITY;
      for (int tap = 0; tap < window.taps(); tap++) {
        long source = window.source(spatial, output, i % output.elements(), tap);
        if (source >= 0) {
          double value = operands.get(0).at(firstElement + source);
          sum += value;
          max = Math.max(max, value);
        }
      }
      y[i] = reduction == Reduction.MAXIMUM ? max : sum / window.taps();
    }
    return y;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(window.taps() * result.shape().elements());
  }
}
