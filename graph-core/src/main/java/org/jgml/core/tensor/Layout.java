package org.jgml.core.tensor;

import java.util.Arrays;
import java.util.Optional;

/// How the elements of a tensor lie in memory: shape, a stride for each axis and an offset, all in
/// *elements*. Immutable. Views (permute, slice, broadcast, most reshapes) change only the layout.
///
/// The offset of element `(i0, i1, …)` is `offset + Σ i·stride`. A broadcast axis has stride 0.
public final class Layout {
  private final Shape shape;
  private final long[] strides;
  private final long offset;

  private Layout(Shape shape, long[] strides, long offset) {
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }

  /// The dense row-major layout of a shape.
  public static Layout dense(Shape shape) {
    return new Layout(shape, denseStrides(shape), 0);
  }

  /// A layout with explicit strides and offset, in elements.
  public static Layout of(Shape shape, long[] strides, long offset) {
    if (strides.length != shape.rank()) {
      throw new IllegalArgumentException(
          strides.length + " strides for a shape of rank " + shape.rank());
    }
    return new Layout(shape, strides.clone(), offset);
  }

  public Shape shape() {
    return shape;
  }

  public long offset() {
    return offset;
  }

  /// The stride of an axis in elements; negative axes count from the end.
  public long stride(int axis) {
    return strides[shape.axis(axis)];
  }

  /// Whether the elements lie without gaps in row-major order.
  public boolean isDense() {
    long expected = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      if (shape.dim(axis) != 1 && strides[axis] != expected) {
        return false;
      }
      expected *= shape.dim(axis);
    }
    return true;
  }

  /// Whether the elements of each row lie next to each other: what kernels ask of their operands.
  public boolean hasDenseRows() {
    return shape.rank() == 0 || shape.dim(-1) <= 1 || stride(-1) == 1;
  }

  /// This layout if its rows are dense, else the same elements each as a row of its own: so that
  /// whoever copies or reads row by row takes any layout.
  public Layout inDenseRows() {
    return hasDenseRows() ? this : reshape(shape.append(1)).orElseThrow();
  }

  /// Offset, in elements, of the first element of a row; rows are numbered in row-major order.
  public long rowOffset(long row) {
    long at = offset;
    for (int axis = shape.rank() - 2; axis >= 0; axis--) {
      long extent = shape.dim(axis);
      at += row % extent * strides[axis];
      row /= extent;
    }
    return at;
  }

  /// Elements from the lowest to one past the highest that this layout touches; 0 if it is empty.
  public long span() {
    if (shape.elements() == 0) {
      return 0;
    }
    long last = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      last += (shape.dim(axis) - 1) * strides[axis];
    }
    return last + 1;
  }

  /// Axis `i` of the result is axis `axes[i]` of this layout.
  public Layout permute(int... axes) {
    long[] dims = new long[axes.length];
    long[] moved = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      dims[i] = shape.dim(axes[i]);
      moved[i] = stride(axes[i]);
    }
    return new Layout(Shape.of(dims), moved, offset);
  }

  /// `length` indices of an axis, from `start` on, `step` apart.
  public Layout slice(int axis, long start, long length, long step) {
    long[] stepped = strides.clone();
    int resolved = shape.axis(axis);
    stepped[resolved] *= step;
    return new Layout(shape.with(axis, length), stepped, offset + start * strides[resolved]);
  }

  /// Axes of extent 1, and axes missing in front, repeat with stride 0.
  public Layout broadcastTo(Shape target) {
    long[] repeated = new long[target.rank()];
    int missing = target.rank() - shape.rank();
    for (int axis = missing; axis < target.rank(); axis++) {
      boolean stays = shape.dim(axis - missing) == target.dim(axis);
      repeated[axis] = stays ? strides[axis - missing] : 0;
    }
    return new Layout(target, repeated, offset);
  }

  /// The same elements under another shape, if strides can express it; empty if they must be
  /// copied.
  public Optional<Layout> reshape(Shape target) {
    if (shape.elements() == 0) {
      return Optional.of(dense(target));
    }
    Runs runs = Runs.of(this);
    long[] result = new long[target.rank()];
    int run = runs.count - 1;
    long left = run < 0 ? 1 : runs.extents[run];
    long stride = run < 0 ? 1 : runs.strides[run];
    for (int axis = target.rank() - 1; axis >= 0; axis--) {
      long extent = target.dim(axis);
      if (left == 1 && extent != 1) {
        run--;
        left = runs.extents[run];
        stride = runs.strides[run];
      }
      if (left % extent != 0) {
        return Optional.empty();
      }
      result[axis] = stride;
      stride *= extent;
      left /= extent;
    }
    return Optional.of(new Layout(target, result, offset));
  }

  /// Axes merged, outermost first, wherever one stride walks through several of them.
  private record Runs(long[] extents, long[] strides, int count) {
    static Runs of(Layout layout) {
      int rank = layout.shape.rank();
      long[] extents = new long[rank];
      long[] strides = new long[rank];
      int count = 0;
      for (int axis = 0; axis < rank; axis++) {
        long extent = layout.shape.dim(axis);
        if (extent == 1) {
          continue;
        }
        if (count > 0 && strides[count - 1] == layout.strides[axis] * extent) {
          extents[count - 1] *= extent;
        } else {
          extents[count++] = extent;
        }
        strides[count - 1] = layout.strides[axis];
      }
      return new Runs(extents, strides, count);
    }
  }

  private static long[] denseStrides(Shape shape) {
    long[] strides = new long[shape.rank()];
    long stride = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape.dim(axis);
    }
    return strides;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Layout layout
        && shape.equals(layout.shape)
        && Arrays.equals(strides, layout.strides)
        && offset == layout.offset;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * shape.hashCode() + Arrays.hashCode(strides)) + Long.hashCode(offset);
  }

  @Override
  public String toString() {
    return shape + " strides " + Arrays.toString(strides) + " offset " + offset;
  }
}
