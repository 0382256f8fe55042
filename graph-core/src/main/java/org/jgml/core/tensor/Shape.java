package org.jgml.core.tensor;

import java.util.Arrays;

/// The extents of a tensor, outermost axis first. Immutable; a scalar has rank 0.
///
/// Axes may be named from the end: `dim(-1)` is the row length.
public final class Shape {
  private final long[] dims;
  private final long elements;

  private Shape(long[] dims) {
    this.dims = dims;
    this.elements = product(dims);
  }

  private static long product(long... dims) {
    long product = 1;
    for (long dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException(
            "negative extent in %s: each is given, none is inferred"
                .formatted(Arrays.toString(dims)));
      }
      if (dim > 0 && product > Long.MAX_VALUE / dim) {
        throw new IllegalArgumentException(
            "more than 2^63 - 1 elements in " + Arrays.toString(dims));
      }
      product *= dim;
    }
    return product;
  }

  /// A shape of these extents.
  ///
  /// @throws IllegalArgumentException if an extent is negative, or the number of elements exceeds
  ///   2^63 - 1
  public static Shape of(long... dims) {
    return new Shape(dims.clone());
  }

  public int rank() {
    return dims.length;
  }

  /// The extent of an axis; negative axes count from the end.
  public long dim(int axis) {
    return dims[axis(axis)];
  }

  /// The axis as a number from 0 to rank - 1.
  ///
  /// @throws IndexOutOfBoundsException if there is no such axis
  public int axis(int axis) {
    int resolved = axis < 0 ? axis + dims.length : axis;
    if (resolved < 0 || resolved >= dims.length) {
      throw new IndexOutOfBoundsException("axis " + axis + " of a tensor of rank " + dims.length);
    }
    return resolved;
  }

  /// Whether `axis` names an axis of this shape.
  public boolean hasAxis(int axis) {
    return axis < dims.length && axis >= -dims.length;
  }

  /// A copy of the extents.
  public long[] dims() {
    return dims.clone();
  }

  public long elements() {
    return elements;
  }

  /// The extent of the last axis; 1 for a scalar.
  public long rowLength() {
    return dims.length == 0 ? 1 : dims[dims.length - 1];
  }

  /// The number of rows: the product of all extents but the last.
  public long rows() {
    long product = 1;
    for (int axis = 0; axis < dims.length - 1; axis++) {
      product *= dims[axis];
    }
    return product;
  }

  /// This shape with another extent on one axis.
  public Shape with(int axis, long extent) {
    long[] changed = dims.clone();
    changed[axis(axis)] = extent;
    return new Shape(changed);
  }

  /// This shape with axes of extent 1 put in front until it has `rank` axes.
  public Shape padded(int rank) {
    if (rank <= dims.length) {
      return this;
    }
    long[] longer = new long[rank];
    Arrays.fill(longer, 0, rank - dims.length, 1);
    System.arraycopy(dims, 0, longer, rank - dims.length, dims.length);
    return new Shape(longer);
  }

  /// This shape followed by further axes.
  public Shape append(long... more) {
    long[] longer = Arrays.copyOf(dims, dims.length + more.length);
    System.arraycopy(more, 0, longer, dims.length, more.length);
    return new Shape(longer);
  }

  /// The axes from `from` (inclusive) to `to` (exclusive).
  public Shape range(int from, int to) {
    return new Shape(Arrays.copyOfRange(dims, from, to));
  }

  /// Whether this shape can be broadcast to `target` by NumPy's rule: aligned at the last axis,
  /// each extent equals the target's or is 1.
  public boolean broadcastsTo(Shape target) {
    if (rank() > target.rank()) {
      return false;
    }
    for (int axis = 1; axis <= rank(); axis++) {
      if (dim(-axis) != 1 && dim(-axis) != target.dim(-axis)) {
        return false;
      }
    }
    return true;
  }

  /// The row-major index of the element of this shape that NumPy's broadcast to `target` shows at
  /// the row-major index `index`.
  public long broadcastIndex(Shape target, long index) {
    long source = 0;
    long stride = 1;
    for (int axis = 1; axis <= rank(); axis++) {
      long position = index % target.dim(-axis);
      index /= target.dim(-axis);
      source += dim(-axis) == 1 ? 0 : position * stride;
      stride *= dim(-axis);
    }
    return source;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
