package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;

import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The reverse of [Unfold]: patches are put back and added where they overlap. `[batch, channels ·
/// taps, positions]` becomes `[batch, channels, …]` with these spatial extents. PyTorch's `fold`,
/// also called col2im; the second half of a transposed convolution.
///
/// @param size extents of the result's spatial axes
public record Fold(List<Long> size, Window window) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "fold",
          List.of("x"),
          List.of(
              Sample.of("sound", of(Window.of(3), 33), x(2, 15, 31)),
              Sample.of("strided sound", of(Window.of(4).withStride(3), 4099), x(1, 8, 1366)),
              Sample.of("image", of(Window.of(3, 3).withPadding(1, 1), 9, 17), x(2, 27, 153)),
              Sample.of(
                  "everything differs",
                  of(Window.of(3, 2).withStride(1, 2).withPadding(0, 1).withDilation(2, 1), 7, 20),
                  x(1, 18, 33)),
              Sample.of("gaps", of(Window.of(2).withStride(5), 13), x(1, 2, 3)),
              Sample.of("one tap", of(Window.of(1, 1), 1, 1), x(1, 1, 1)),
              Sample.of(
                  "video", of(Window.of(2, 3, 3).withPadding(1, 0, 1), 3, 4, 5), x(1, 36, 40))),
          List.of(
              ErrorSample.of("8 rows are no multiple of 3 taps", of(Window.of(3), 8), f32(1, 8, 6)),
              ErrorSample.of("7 positions, the window has 6", of(Window.of(3), 8), f32(1, 6, 7)),
              ErrorSample.of("size [8, 8] for a window of 1", of(Window.of(3), 8, 8), f32(1, 6, 6)),
              ErrorSample.of("size [0] for a window of 1", of(Window.of(3), 0), f32(1, 6, 6)),
              ErrorSample.of("x has rank 2", of(Window.of(3), 8), f32(6, 6)),
              ErrorSample.of(
                  "x must be F32, is F16", of(Window.of(3), 8), TensorType.of(F16, 1, 6, 6))));

  public Fold {
    size = List.copyOf(size);
  }

  private static Fold of(Window window, long... size) {
    return new Fold(Arrays.stream(size).boxed().toList(), window);
  }

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  /// The spatial extents of the result.
  public Shape spatial() {
    return Shape.of(size.stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireType(0, F32);
    window.requireParameters(operands);
    Shape x = operands.shape(0);
    operands.require(
        x.rank() == 3,
        "x has rank %d".formatted(x.rank()),
        "pass [batch, channels · taps, positions]");
    operands.require(
        size.size() == window.axes() && size.stream().allMatch(extent -> extent > 0),
        "size %s for a window of %d axes".formatted(size, window.axes()),
        "give one positive extent for each axis");
    window.requireFits(operands, spatial());
    operands.require(
        x.dim(1) % window.taps() == 0,
        "%d rows are no multiple of %d taps".formatted(x.dim(1), window.taps()),
        "pass a row for each channel and tap");
    long positions = window.output(spatial()).elements();
    operands.require(
        x.dim(2) == positions,
        "%d positions, the window has %d on %s".formatted(x.dim(2), positions, size),
        "pass a column for each position");
    Shape planes = Shape.of(x.dim(0), x.dim(1) / window.taps());
    return operands.type(0).withShape(planes.append(spatial().dims()));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] x = operands.get(0).elements();
    Shape output = window.output(spatial());
    double[] y = new double[(int) result.shape().elements()];
    for (int i = 0; i < x.length; i++) {
      long position = i % output.elements();
      long row = i / output.elements();
      long target = window.source(spatial(), output, position, row % window.taps());
      if (target >= 0) {
        y[(int) (row / window.taps() * spatial().elements() + target)] += x[i];
      }
    }
    return y;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(operands.shape(0).elements());
  }

  @Override
  public boolean needsDenseOperands() {
    return true;
  }
}
