package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Images of another size: `[…, height, width]` with other last extents. PyTorch's `interpolate`.
///
/// @param alignCorners whether the centres of the corner pixels stay where they are; else the
///   corners of the image do
public record Resize(long height, long width, Interpolation interpolation, boolean alignCorners)
    implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "resize",
          List.of("x"),
          List.of(
              sample("doubled", 10, 18, Interpolation.NEAREST, false, 2, 3, 5, 9),
              sample("other sizes", 7, 65, Interpolation.NEAREST, false, 5, 33),
              sample("doubled smoothly", 10, 18, Interpolation.BILINEAR, false, 2, 3, 5, 9),
              sample("smaller", 3, 40, Interpolation.BILINEAR, false, 7, 65),
              sample("corners stay", 10, 67, Interpolation.BILINEAR, true, 5, 33),
              sample("one pixel", 3, 4, Interpolation.BILINEAR, true, 1, 1),
              sample("to one pixel", 1, 1, Interpolation.BILINEAR, true, 4, 5),
              sample("cubic", 11, 70, Interpolation.BICUBIC, false, 2, 5, 33),
              sample("cubic corners", 3, 17, Interpolation.BICUBIC, true, 7, 9),
              sample("averaged", 3, 16, Interpolation.BILINEAR_ANTIALIASED, false, 2, 9, 65),
              sample("averaged upwards", 20, 7, Interpolation.BILINEAR_ANTIALIASED, false, 6, 33),
              sample("long rows", 2, 4099, Interpolation.BILINEAR, false, 1, 1000),
              Sample.of(
                  "half precision",
                  new Resize(9, 17, Interpolation.BILINEAR, false),
                  Sample.Operand.of(F16, 2, 5, 9))),
          List.of(
              ErrorSample.of("cannot resize [4, 0] to 8 x 8", nearest(8, 8), f32(4, 0)),
              ErrorSample.of("cannot resize [4, 4] to 0 x 8", nearest(0, 8), f32(4, 4)),
              ErrorSample.of("x needs at least 2 axes, has 1", nearest(8, 8), f32(4)),
              ErrorSample.of(
                  "nearest pixels have no corners to align at 8 x 8",
                  new Resize(8, 8, Interpolation.NEAREST, true),
                  f32(4, 4)),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  nearest(8, 8),
                  TensorType.of(Q8_0, 2, 32))));

  private static Resize nearest(long height, long width) {
    return new Resize(height, width, Interpolation.NEAREST, false);
  }

  private static Sample sample(
      String label,
      long height,
      long width,
      Interpolation interpolation,
      boolean alignCorners,
      long... dims) {
    return Sample.of(
        label,
        new Resize(height, width, interpolation, alignCorners),
        Sample.Operand.of(F32, dims));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireRank(0, 2);
    operands.requireFloating(0);
    Shape x = operands.shape(0);
    operands.require(
        height > 0 && width > 0 && x.dim(-1) > 0 && x.dim(-2) > 0,
        "cannot resize %s to %d x %d".formatted(x, height, width),
        "pass an image of at least one pixel and a positive size");
    operands.require(
        interpolation != Interpolation.NEAREST || !alignCorners,
        "nearest pixels have no corners to align at %d x %d".formatted(height, width),
        "pass alignCorners = false");
    return operands.type(0).withShape(x.with(-2, height).with(-1, width));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    Shape x = operands.shape(0);
    Interpolation.Taps[] rows = interpolation.taps(x.dim(-2), height, alignCorners);
    Interpolation.Taps[] columns = interpolation.taps(x.dim(-1), width, alignCorners);
    double[] y = new double[(int) result.shape().elements()];
    for (int i = 0; i < y.length; i++) {
      long firstRow = i / (height * width) * x.dim(-2);
      Interpolation.Taps row = rows[(int) (i / width % height)];
      Interpolation.Taps column = columns[(int) (i % width)];
      for (int r = 0; r < row.count(); r++) {
        for (int c = 0; c < column.count(); c++) {
          long at = (firstRow + row.positions()[r]) * x.dim(-1) + column.positions()[c];
          y[i] += row.weights()[r] * column.weights()[c] * operands.get(0).at(at);
        }
      }
    }
    return y;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result).withFlops(4 * result.shape().elements());
  }
}
