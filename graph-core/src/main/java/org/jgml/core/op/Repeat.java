package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// A tensor tiled to a shape: each extent is a multiple of that of `x`, and element `(i, j, …)` is
/// that of `x` at `(i mod extent, j mod extent, …)`. Axes missing in front count as extent 1.
public record Repeat(Shape shape) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "repeat",
          List.of("x"),
          List.of(
              Sample.of("rows", to(6, 33), Sample.Operand.of(F32, 2, 33)),
              Sample.of("within rows", to(5, 21), Sample.Operand.of(F32, 5, 7)),
              Sample.of("all axes", to(2, 6, 4, 9), Sample.Operand.of(F32, 1, 3, 2, 3)),
              Sample.of("new axes", to(3, 2, 5), Sample.Operand.of(F32, 5)),
              Sample.of("one element", to(4099), Sample.Operand.of(F32, 1)),
              Sample.of("half precision", to(4, 66), Sample.Operand.of(F16, 2, 33)),
              Sample.of("brain floats", to(4, 66), Sample.Operand.of(BF16, 2, 33)),
              Sample.of(
                  "integers", to(3, 10), Sample.Operand.of(I32, 5).with(new Fill.Indices(99)))),
          List.of(
              ErrorSample.of("[3, 4] does not tile [7, 4]", to(7, 4), f32(3, 4)),
              ErrorSample.of("[2, 3, 4] does not tile [6, 4]", to(6, 4), f32(2, 3, 4)),
              ErrorSample.of("[0, 4] does not tile [6, 4]", to(6, 4), f32(0, 4)),
              ErrorSample.of("x is Q8_0, in blocks of 32", to(4, 32), TensorType.of(Q8_0, 2, 32))));

  private static Repeat to(long... dims) {
    return new Repeat(Shape.of(dims));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.require(
        !operands.dataType(0).isQuantised(),
        "x is %s, in blocks of %d"
            .formatted(operands.dataType(0), operands.dataType(0).blockElements()),
        "cast it to F32");
    operands.require(
        tiles(operands.shape(0)),
        "%s does not tile %s".formatted(operands.shape(0), shape),
        "aligned at the last axis, extents must be multiples");
    return operands.type(0).withShape(shape);
  }

  private boolean tiles(Shape tile) {
    boolean fits = tile.rank() <= shape.rank();
    for (int axis = 1; fits && axis <= tile.rank(); axis++) {
      fits = tile.dim(-axis) > 0 && shape.dim(-axis) % tile.dim(-axis) == 0;
    }
    return fits;
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] y = new double[(int) result.shape().elements()];
    for (int i = 0; i < y.length; i++) {
      y[i] = operands.get(0).at(source(operands.shape(0), i));
    }
    return y;
  }

  /// The index in `tile` of element `index` of the result.
  private long source(Shape tile, long index) {
    long source = 0;
    long stride = 1;
    for (int axis = 1; axis <= tile.rank(); axis++) {
      source += index % shape.dim(-axis) % tile.dim(-axis) * stride;
      index /= shape.dim(-axis);
      stride *= tile.dim(-axis);
    }
    return source;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result);
  }
}
