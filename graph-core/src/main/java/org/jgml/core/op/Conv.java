package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;

import java.util.List;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Convolution over one to three spatial axes, as neural networks mean it (the kernel is not
/// mirrored): `[batch, channels, …]` with weights `[outputs, channels / groups, kernel…]` gives
/// `[batch, outputs, …]`.
///
/// Each of the equal `groups` of channels makes its part of the outputs; as many groups as channels
/// is a depthwise convolution.
public record Conv(Window window, int groups) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "conv",
          List.of("x", "weights"),
          List.of(
              sample("sound", Window.of(3).withPadding(1), 1, x(2, 5, 67), x(17, 5, 3)),
              sample("long sound", Window.of(10).withStride(5), 1, x(1, 1, 4099), x(33, 1, 10)),
              sample("image", Window.of(3, 3).withPadding(1, 1), 1, x(2, 3, 9, 17), x(19, 3, 3, 3)),
              sample(
                  "everything differs",
                  Window.of(3, 2).withStride(1, 2).withPadding(0, 1).withDilation(2, 1),
                  1,
                  x(1, 3, 7, 20),
                  x(5, 3, 3, 2)),
              sample(
                  "depthwise", Window.of(3, 3).withPadding(1, 1), 4, x(2, 4, 9, 37), x(4, 1, 3, 3)),
              sample(
                  "strided depthwise",
                  Window.of(5).withStride(2).withPadding(2),
                  3,
                  x(1, 3, 65),
                  x(6, 1, 5)),
              sample(
                  "bands of a large image",
                  Window.of(3, 3).withStride(2, 2).withPadding(1, 1).withDilation(1, 3),
                  2,
                  x(1, 2, 41, 999),
                  x(2, 1, 3, 3)),
              sample("groups", Window.of(3).withPadding(1), 2, x(1, 6, 35), x(34, 3, 3)),
              sample("one by one", Window.of(1, 1), 1, x(1, 7, 5, 5), x(16, 7, 1, 1)),
              sample("one of all", Window.of(1), 1, x(1, 1, 1), x(1, 1, 1)),
              sample(
                  "patches", Window.of(8, 8).withStride(8, 8), 1, x(1, 3, 24, 40), x(48, 3, 8, 8)),
              sample(
                  "video",
                  Window.of(2, 3, 3).withPadding(1, 0, 1),
                  1,
                  x(1, 2, 3, 4, 5),
                  x(18, 2, 2, 3, 3))),
          List.of(
              ErrorSample.of(
                  "weights are for 4 channels a group, x has 6 / 1",
                  new Conv(Window.of(3), 1),
                  f32(1, 6, 8),
                  f32(2, 4, 3)),
              ErrorSample.of(
                  "6 channels and 4 outputs do not divide into 3 groups",
                  new Conv(Window.of(3), 3),
                  f32(1, 6, 8),
                  f32(4, 2, 3)),
              ErrorSample.of(
                  "into 0 groups", new Conv(Window.of(3), 0), f32(1, 6, 8), f32(4, 6, 3)),
              ErrorSample.of(
                  "weights are [2, 6, 5], the window's kernel is [3]",
                  new Conv(Window.of(3), 1),
                  f32(1, 6, 8),
                  f32(2, 6, 5)),
              ErrorSample.of(
                  "kernel [9] with dilation [1] does not fit into [4] with padding [2]",
                  new Conv(Window.of(9).withPadding(2), 1),
                  f32(1, 1, 4),
                  f32(1, 1, 9)),
              ErrorSample.of(
                  "weights must be F32, is F16",
                  new Conv(Window.of(3), 1),
                  f32(1, 6, 8),
                  TensorType.of(F16, 2, 6, 3))));

  private static Sample sample(
      String label, Window window, int groups, Sample.Operand x, Sample.Operand weights) {
    return Sample.of(label, new Conv(window, groups), x, weights);
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
    operands.requireType(0, F32);
    operands.requireType(1, F32);
    window.require(operands, 0, 2);
    Shape x = operands.shape(0);
    Shape weights = operands.shape(1);
    boolean matches = weights.rank() == x.rank();
    for (int axis = 0; matches && axis < window.axes(); axis++) {
      matches = weights.dim(axis + 2) == window.kernel().get(axis);
    }
    operands.require(
        matches,
        "weights are %s, the window's kernel is %s".formatted(weights, window.kernel()),
        "pass weights [outputs, channels / groups, kernel...]");
    operands.require(
        groups > 0 && x.dim(1) % groups == 0 && weights.dim(0) % groups == 0,
        "%d channels and %d outputs do not divide into %d groups"
            .formatted(x.dim(1), weights.dim(0), groups),
        "use a number of groups that divides both");
    operands.require(
        weights.dim(1) == x.dim(1) / groups,
        "weights are for %d channels a group, x has %d / %d"
            .formatted(weights.dim(1), x.dim(1), groups),
        "pass weights [outputs, channels / groups, kernel...]");
    Shape output = window.output(window.spatial(x));
    return operands.type(0).withShape(Shape.of(x.dim(0), weights.dim(0)).append(output.dims()));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    Shape weights = operands.shape(1);
    Shape output = window.spatial(result.shape());
    int outputs = (int) weights.dim(0);
    int channels = (int) weights.dim(1);
    double[] y = new double[(int) result.shape().elements()];
    for (int i = 0; i < y.length; i++) {
      long position = i % output.elements();
      long plane = i / output.elements();
      int filter = (int) (plane % outputs);
      int group = filter / (outputs / groups);
      long firstPlane = (plane / outputs * groups + group) * channels;
      for (int channel = 0; channel < channels; channel++) {
        long filterAt = ((long) filter * channels + channel) * window.taps();
        y[i] += response(operands, firstPlane + channel, filterAt, output, position);
      }
    }
    return y;
  }

  /// What one plane contributes to an output.
  private double response(
      Arguments operands, long plane, long filterAt, Shape output, long position) {
    Shape spatial = window.spatial(operands.shape(0));
    double sum = 0;
    for (int tap = 0; tap < window.taps(); tap++) {
      long source = window.source(spatial, output, position, tap);
      if (source >= 0) {
        double value = operands.get(0).at(plane * spatial.elements() + source);
        sum += value * operands.get(1).at(filterAt + tap);
      }
    }
    return sum;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    long products = operands.shape(1).dim(1) * window.taps();
    return Cost.ofBytes(operands, result).withFlops(2 * products * result.shape().elements());
  }

  @Override
  public boolean needsDenseOperands() {
    return true;
  }

  @Override
  public boolean admitsNonFinite() {
    return false;
  }
}
