package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The axes in another order: axis `i` of the result is axis `axes[i]` of `x`.
public record Permute(List<Integer> axes) implements Op.View {
  static final OpSpec SPEC =
      new OpSpec(
          "permute",
          List.of("x"),
          List.of(
              Sample.of("heads first", of(1, 0, 2), Sample.Operand.of(F32, 5, 4, 8)),
              Sample.of("transpose", of(1, 0), Sample.Operand.of(F32, 7, 33))),
          List.of(
              ErrorSample.of("is no permutation of 3 axes", of(0, 1, 1), f32(2, 3, 4)),
              ErrorSample.of("is no permutation of 2 axes", of(0, 1, 2), f32(2, 3)),
              ErrorSample.of(
                  "would cut Q8_0 blocks of 32", of(1, 0), TensorType.of(Q8_0, 32, 32))));

  /// The permutation that takes these axes in turn.
  public static Permute of(int... axes) {
    return new Permute(Arrays.stream(axes).boxed().toList());
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    TensorType x = operands.type(0);
    int rank = x.shape().rank();
    boolean[] seen = new boolean[rank];
    boolean permutation = axes.size() == rank;
    for (int axis : axes) {
      permutation &= axis >= 0 && axis < rank && !seen[axis];
      if (permutation) {
        seen[axis] = true;
      }
    }
    operands.require(
        permutation,
        "%s is no permutation of %d axes".formatted(axes, rank),
        "name each axis from 0 to %d once".formatted(rank - 1));
    operands.require(
        !x.dataType().isQuantised() || axes.getLast() == rank - 1,
        "moving the last axis would cut %s blocks of %d"
            .formatted(x.dataType(), x.dataType().blockElements()),
        "leave the last axis in place, or cast to F32 first");
    return x.withShape(Shape.of(axes.stream().mapToLong(x.shape()::dim).toArray()));
  }

  @Override
  public Optional<Layout> view(Layout operand) {
    return Optional.of(operand.permute(axes.stream().mapToInt(Integer::intValue).toArray()));
  }

  /// The permutation that exchanges the last two axes of a tensor of this rank.
  public static Permute transpose(int rank) {
    Integer[] axes = new Integer[rank];
    Arrays.setAll(axes, i -> i);
    axes[rank - 1] = rank - 2;
    axes[rank - 2] = rank - 1;
    return new Permute(List.of(axes));
  }
}
