package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.op.ErrorSample.i32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.Arrays;
import java.util.List;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// A destination with a block of it overwritten, or added to: the block begins at `starts`, one
/// index an axis, and has the shape of `values`.
///
/// The result takes over the destination's memory; nothing may read the destination afterwards.
public record SetSlice(List<Long> starts, Update update) implements Op.Compute {
  /// What happens to the elements of the block.
  public enum Update {
    /// They become the values.
    REPLACE,
    /// The values are added to them.
    ADD
  }

  static final OpSpec SPEC =
      new OpSpec(
          "set_slice",
          List.of("destination", "values"),
          List.of(
              Sample.of("rows", replace(2, 0), x(9, 33), x(3, 33)),
              Sample.of("a block", replace(1, 3), x(5, 33), x(2, 17)),
              Sample.of("added", add(1, 3), x(5, 33), x(2, 17)),
              Sample.of("added to all", add(0), x(4099), x(4099)),
              Sample.of("three axes", add(0, 2, 1), x(2, 5, 7), x(2, 3, 6)),
              Sample.of("one element", replace(0), x(1), x(1)),
              Sample.of(
                  "half precision",
                  add(1, 1),
                  Sample.Operand.of(F16, 4, 9),
                  Sample.Operand.of(F16, 2, 8)),
              Sample.of(
                  "brain floats",
                  replace(1, 1),
                  Sample.Operand.of(BF16, 4, 9),
                  Sample.Operand.of(BF16, 2, 8)),
              Sample.of("integers", replace(2, 1), integers(4, 9), integers(2, 8))),
          List.of(
              ErrorSample.of(
                  "[2, 8] at [3, 0] exceeds [4, 8]", replace(3, 0), f32(4, 8), f32(2, 8)),
              ErrorSample.of("at [-1, 0] exceeds", replace(-1, 0), f32(4, 8), f32(2, 8)),
              ErrorSample.of("starts [1] for ranks 2 and 2", add(1), f32(4, 8), f32(2, 8)),
              ErrorSample.of(
                  "element types differ (F32 and I32)", replace(0, 0), f32(4, 8), i32(2, 8)),
              ErrorSample.of("cannot add I32 at [0]", add(0), i32(8), i32(8)),
              ErrorSample.of(
                  "cannot replace Q8_0 at [0, 0]",
                  replace(0, 0),
                  TensorType.of(Q8_0, 2, 32),
                  TensorType.of(Q8_0, 1, 32))));

  public SetSlice {
    starts = List.copyOf(starts);
  }

  private static SetSlice replace(long... starts) {
    return new SetSlice(Arrays.stream(starts).boxed().toList(), Update.REPLACE);
  }

  private static SetSlice add(long... starts) {
    return new SetSlice(Arrays.stream(starts).boxed().toList(), Update.ADD);
  }

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  private static Sample.Operand integers(long... dims) {
    return Sample.Operand.of(I32, dims).with(new Fill.Indices(1000));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    Shape destination = operands.shape(0);
    Shape values = operands.shape(1);
    operands.require(
        operands.dataType(0) == operands.dataType(1),
        "element types differ (%s and %s)".formatted(operands.dataType(0), operands.dataType(1)),
        "cast one of them");
    operands.require(
        update == Update.ADD
            ? operands.dataType(0).isFloating()
            : !operands.dataType(0).isQuantised(),
        "cannot %s %s at %s"
            .formatted(update == Update.ADD ? "add" : "replace", operands.dataType(0), starts),
        "cast both to F32");
    operands.require(
        starts.size() == destination.rank() && values.rank() == destination.rank(),
        "starts %s for ranks %d and %d".formatted(starts, destination.rank(), values.rank()),
        "give one start for each axis, and values of as many axes");
    boolean fits = true;
    for (int axis = 0; axis < destination.rank(); axis++) {
      long start = starts.get(axis);
      fits &= start >= 0 && start <= destination.dim(axis) - values.dim(axis);
    }
    operands.require(
        fits,
        "%s at %s exceeds %s".formatted(values, starts, destination),
        "keep the block within the destination");
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] y = operands.get(0).elements().clone();
    Shape values = operands.shape(1);
    for (int i = 0; i < values.elements(); i++) {
      int target = target(values, result.shape(), i);
      y[target] = (update == Update.ADD ? y[target] : 0) + operands.get(1).at(i);
    }
    return y;
  }

  /// The index in the result of element `index` of the values.
  private int target(Shape values, Shape result, long index) {
    long target = 0;
    long stride = 1;
    for (int axis = values.rank() - 1; axis >= 0; axis--) {
      target += (index % values.dim(axis) + starts.get(axis)) * stride;
      stride *= result.dim(axis);
      index /= values.dim(axis);
    }
    return (int) target;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    boolean adds = update == Update.ADD;
    long moved = (adds ? 3 : 2) * operands.type(1).bytes();
    return new Cost(adds ? operands.shape(1).elements() : 0, moved);
  }

  @Override
  public boolean overwritesFirstOperand() {
    return true;
  }
}
