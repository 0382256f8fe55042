package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;

import java.util.List;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The patches that a window sees, one a column: `[batch, channels, …]` becomes `[batch, channels ·
/// taps, positions]`, zero where a patch lies in the padding. PyTorch's `unfold`, also called
/// im2col; with it a convolution is a matrix product.
public record Unfold(Window window) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "unfold",
          List.of("x"),
          List.of(
              Sample.of("sound", new Unfold(Window.of(3).withPadding(1)), x(2, 5, 33)),
              Sample.of("strided sound", new Unfold(Window.of(4).withStride(3)), x(1, 2, 4099)),
              Sample.of("image", new Unfold(Window.of(3, 3).withPadding(1, 1)), x(2, 3, 9, 17)),
              Sample.of(
                  "everything differs",
                  new Unfold(Window.of(3, 2).withStride(1, 2).withPadding(0, 1).withDilation(2, 1)),
                  x(1, 3, 7, 20)),
              Sample.of("one tap", new Unfold(Window.of(1, 1)), x(1, 1, 1, 1)),
              Sample.of(
                  "video", new Unfold(Window.of(2, 3, 3).withPadding(1, 0, 1)), x(1, 2, 3, 4, 5))),
          List.of(
              ErrorSample.of(
                  "kernel [5] with dilation [1] does not fit into [4] with padding [0]",
                  new Unfold(Window.of(5)),
                  f32(1, 2, 4)),
              ErrorSample.of("rank 2 where a window of 1 axes needs 3", of(3), f32(2, 8)),
              ErrorSample.of("stride [0]", new Unfold(Window.of(3).withStride(0)), f32(1, 2, 8)),
              ErrorSample.of(
                  "padding [1, 1] and dilation [1] differ in length",
                  new Unfold(Window.of(3).withPadding(1, 1)),
                  f32(1, 2, 8)),
              ErrorSample.of("a window of 0 axes", new Unfold(Window.of()), f32(1, 2, 8)),
              ErrorSample.of("x must be F32, is F16", of(3), TensorType.of(F16, 1, 2, 8))));

  private static Unfold of(int kernel) {
    return new Unfold(Window.of(kernel));
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
    window.require(operands, 0, 2);
    Shape x = operands.shape(0);
    long positions = window.output(window.spatial(x)).elements();
    return operands
        .type(0)
        .withShape(Shape.of(x.dim(0), Math.multiplyExact(x.dim(1), window.taps()), positions));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    Shape spatial = window.spatial(operands.shape(0));
    Shape output = window.output(spatial);
    double[] y = new double[(int) result.shape().elements()];
    for (int i = 0; i < y.length; i++) {
      long position = i % output.elements();
      long row = i / output.elements();
      long source = window.source(spatial, output, position, row % window.taps());
      long plane = row / window.taps();
      y[i] = source < 0 ? 0 : operands.get(0).at(plane * spatial.elements() + source);
    }
    return y;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result);
  }

  @Override
  public boolean needsDenseOperands() {
    return true;
  }
}
