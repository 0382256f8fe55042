package org.jgml.models.check;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jgml.core.tensor.Shape;

/// A strided view taken apart into what graphs can say: a dense base tensor, a run of indices on
/// each of its axes, and an order of the axes. Axes of extent 1 are left out.
///
/// @param base the dense tensor, axes in the order of falling strides
/// @param starts first index on each axis of the base
/// @param sliced extents that are left after slicing
/// @param order axis `i` of the view is axis `order[i]` of the base
record BaseView(Shape base, long[] starts, Shape sliced, List<Integer> order) {
  /// Empty if the view cannot be taken apart: elements overlap, repeat or have gaps between them.
  ///
  /// @param baseElements elements of the tensor that the view lies in
  static Optional<BaseView> of(StridedView view, long baseElements) {
    List<Integer> axes =
        IntStream.range(0, view.shape().rank())
            .filter(axis -> view.shape().dim(axis) > 1)
            .boxed()
            .toList();
    List<Integer> falling =
        axes.stream().sorted((a, b) -> Long.compare(view.strides()[b], view.strides()[a])).toList();
    long[] strides = falling.stream().mapToLong(axis -> view.strides()[axis]).toArray();
    long[] sliced = falling.stream().mapToLong(view.shape()::dim).toArray();
    List<Integer> order = axes.stream().map(falling::indexOf).toList();
    return extents(strides, baseElements)
        .flatMap(base -> place(view.offset(), base, sliced, order));
  }

  /// The extents of a dense tensor that has these strides.
  private static Optional<Shape> extents(long[] strides, long baseElements) {
    int rank = strides.length;
    if (rank == 0) {
      return Optional.of(Shape.of(baseElements));
    }
    long[] extents = new long[rank];
    for (int axis = rank - 1; axis > 0; axis--) {
      if (strides[axis] == 0 || strides[axis - 1] % strides[axis] != 0) {
        return Optional.empty();
      }
      extents[axis] = strides[axis - 1] / strides[axis];
    }
    extents[0] = Math.ceilDiv(baseElements, Math.max(strides[0], 1));
    return strides[rank - 1] == 1 ? Optional.of(Shape.of(extents)) : Optional.empty();
  }

  /// Where on each axis the view begins, if it then fits.
  private static Optional<BaseView> place(
      long offset, Shape base, long[] sliced, List<Integer> order) {
    long[] lengths = sliced.length == 0 ? new long[] {1} : sliced;
    long[] starts = new long[base.rank()];
    for (int axis = base.rank() - 1; axis >= 0; axis--) {
      starts[axis] = axis == 0 ? offset : offset % base.dim(axis);
      offset /= base.dim(axis);
      if (starts[axis] + lengths[axis] > base.dim(axis)) {
        return Optional.empty();
      }
    }
    List<Integer> axes = order.isEmpty() ? List.of(0) : order;
    return Optional.of(new BaseView(base, starts, Shape.of(lengths), axes));
  }
}
