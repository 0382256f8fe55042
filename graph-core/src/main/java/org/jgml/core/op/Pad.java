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

/// A tensor with zeros around it: on axis `i`, `before[i]` in front and `after[i]` behind.
public record Pad(List<Long> before, List<Long> after) implements Op.Compute {
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
              Sample.of("brain floats", of(0, 1, 7, 0), Sample.Operand.of(BF16, 2, 33))),
          List.of(
              ErrorSample.of("padding of 1 and 1 axes for a tensor of rank 2", of(0, 1), f32(4, 8)),
              ErrorSample.of(
                  "[0, 0] and [0, -1] have a negative entry", of(0, 0, 0, -1), f32(4, 8)),
              ErrorSample.of(
                  "[-2, 0] and [0, 0] have a negative entry", of(-2, 0, 0, 0), f32(4, 8)),
              ErrorSample.of(
                  "x must be F32, F16 or BF16, is Q8_0",
                  of(0, 0, 0, 32),
                  TensorType.of(Q8_0, 2, 32))));

  public Pad {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  /// Padding written axis by axis: before and after axis 0, before and after axis 1, and so on.
  public static Pad of(long... beforeAndAfter) {
    return new Pad(every(beforeAndAfter, 0), every(beforeAndAfter, 1));
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
      dims[axis] += before.get(axis) + after.get(axis);
    }
    return operands.type(0).withShape(Shape.of(dims));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] x = operands.get(0).elements();
    double[] y = new double[(int) result.shape().elements()];
    for (int i = 0; i < x.length; i++) {
      y[target(operands.shape(0), result.shape(), i)] = x[i];
    }
    return y;
  }

  /// The index in the result of element `index` of `x`.
  private int target(Shape x, Shape result, int index) {
    long target = 0;
    long stride = 1;
    long left = index;
    for (int axis = x.rank() - 1; axis >= 0; axis--) {
      target += (left % x.dim(axis) + before.get(axis)) * stride;
      left /= x.dim(axis);
      stride *= result.dim(axis);
    }
    return (int) target;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    return Cost.ofBytes(operands, result);
  }
}
