package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// A tensor with more elements around it: on axis `i`, `before[i]` in front and `after[i]` behind.
///
/// @param mode what the new elements are
public record Pad(List<Long> before, List<Long> after, Mode mode) implements Op.Compute {
  /// Where the elements around a tensor come from; PyTorch's words.
  public enum Mode {
    /// They are zero.
    ZERO,
    /// The tensor is repeated on and on.
    CIRCULAR,
    /// The tensor is mirrored at its first and last element, which are not doubled.
    REFLECT,
    /// The first and the last element are repeated.
    REPLICATE;

    /// The position, on an axis of this extent, of the element that stands at `position`; -1 if it
    /// is zero.
    public long source(long position, long extent) {
      if (position >= 0 && position < extent) {
        return position;
      }
      return switch (this) {
        case ZERO -> -1;
        case CIRCULAR -> Math.floorMod(position, extent);
        case REFLECT -> position < 0 ? -position : 2 * (extent - 1) - position;
        case REPLICATE -> position < 0 ? 0 : extent - 1;
      };
    }
  }

  static final OpSpec SPEC =
      new OpSpec(
          "pad",
          List.of("x"),
          List.of(
              Sample.of("end of rows", of(0, 0, 0, 31), Sample.Operand.of(F32, 5, 33)),
              Sample.of("further rows", of(0, 3, 0, 0), Sample.Operand.of(F32, 5, 33)),
              Sample.of("all around", of(1, 2, 3, 4, 5, 6), Sample.Operand.of(F32, 2, 3, 4)),
              Sample.of("one element", of(1, 1), Sample.Operand.of(F32, 1)),
              Sample.of("nothing", of(0, 0), Sample.Operand.of(F32, 4099)),
              Sample.of("half precision", of(1, 0, 0, 7), Sample.Operand.of(F16, 2, 33)),
              Sample.of("brain floats", of(0, 1, 7, 0), Sample.Operand.of(BF16, 2, 33)),
              Sample.of("mirror", of(1, 2, 32, 31).with(Mode.REFLECT), x(5, 33)),
              Sample.of("mirrored sound", of(400, 400).with(Mode.REFLECT), x(4099)),
              Sample.of("around", of(1, 0, 2, 3, 40, 71).with(Mode.CIRCULAR), x(2, 3, 33)),
              Sample.of("around one", of(2, 3).with(Mode.CIRCULAR), x(1)),
              Sample.of("edge", of(3, 0, 2, 17).with(Mode.REPLICATE), x(2, 16)),
              Sample.of(
                  "mirrored halves",
                  of(0, 1, 3, 2).with(Mode.REFLECT),
                  Sample.Operand.of(F16, 2, 33)),
              Sample.of(
                  "brain floats around",
                  of(1, 1, 1, 1).with(Mode.CIRCULAR),
                  Sample.Operand.of(BF16, 2, 33))),
          List.of(
              ErrorSample.of("padding of 1 and 1 axes for a tensor of rank 2", of(0, 1), f32(4, 8)),
              ErrorSample.of(
                  "[0, 0] and [0, -1] have a negative entry", of(0, 0, 0, -1), f32(4, 8)),
              ErrorSample.of(
                  "[-2, 0] and [0, 0] have a negative entry", of(-2, 0, 0, 0), f32(4, 8)),
              ErrorSample.of(
                  "padding of 4 mirrors an axis of 4",
                  of(4, 0, 0, 0).with(Mode.REFLECT),
                  f32(4, 8)),
              ErrorSample.of(
                  "padding of 1 repeats an axis of 0", of(1, 0).with(Mode.CIRCULAR), f32(0)),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  of(0, 0, 0, 32),
                  TensorType.of(Q8_0, 2, 32))));

  /// Zeros around a tensor.
  public Pad(List<Long> before, List<Long> after) {
    this(before, after, Mode.ZERO);
  }

  public Pad {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  /// Zeros, written axis by axis: before and after axis 0, before and after axis 1, and so on.
  public static Pad of(long... beforeAndAfter) {
    return new Pad(every(beforeAndAfter, 0), every(beforeAndAfter, 1));
  }

  /// The same extents, filled in another way.
  public Pad with(Mode other) {
    return new Pad(before, after, other);
  }

  private static List<Long> every(long[] pairs, int first) {
    return IntStream.range(0, pairs.length / 2).mapToObj(i -> pairs[2 * i + first]).toList();
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireFloating(0);
    Shape x = operands.shape(0);
    operands.require(
        before.size() == x.rank() && after.size() == x.rank(),
        "padding of %d and %d axes for a tensor of rank %d"
            .formatted(before.size(), after.size(), x.rank()),
        "give one entry for each axis");
    operands.require(
        Stream.concat(before.stream(), after.stream()).allMatch(entry -> entry >= 0),
        "%s and %s have a negative entry".formatted(before, after),
        "use slice to cut elements off");
    long[] dims = x.dims();
    for (int axis = 0; axis < dims.length; axis++) {
      requireElements(operands, dims[axis], Math.max(before.get(axis), after.get(axis)));
      dims[axis] += before.get(axis) + after.get(axis);
    }
    return operands.type(0).withShape(Shape.of(dims));
  }

  private void requireElements(Operands operands, long extent, long padding) {
    operands.require(
        mode != Mode.REFLECT || padding < Math.max(extent, 1),
        "padding of %d mirrors an axis of %d".formatted(padding, extent),
        "a mirror shows at most all elements but one");
    operands.require(
        mode == Mode.ZERO || padding == 0 || extent > 0,
        "padding of %d repeats an axis of %d".formatted(padding, extent),
        "pass at least one element");
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] y = new double[(int) result.shape().elements()];
    for (int i = 0; i < y.length; i++) {
      long source = source(operands.shape(0), result.shape(), i);
      y[i] = source < 0 ? 0 : operands.get(0).at(source);
    }
    return y;
  }

  /// The index in `x` of element `index` of the result; -1 if it is zero.
  private long source(Shape x, Shape result, long index) {
    long source = 0;
    long stride = 1;
    for (int axis = x.rank() - 1; axis >= 0; axis--) {
      long at = mode.source(index % result.dim(axis) - before.get(axis), x.dim(axis));
      if (at < 0) {
        return -1;
      }
      source += at * stride;
      stride *= x.dim(axis);
      index /= result.dim(axis);
    }
    return source;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result);
  }
}
