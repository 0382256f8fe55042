package org.jgml.models.check;

import org.jgml.core.tensor.Shape;

/// Where the elements of a view lie in its base tensor: any strides, such as ggml allows.
///
/// @param strides elements from one index of an axis to the next
/// @param offset element of the base at which the view begins
record StridedView(Shape shape, long[] strides, long offset) {
  /// The place of an element, by its number in row-major order.
  long place(long element) {
    long place = offset;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      place += element % shape.dim(axis) * strides[axis];
      element /= shape.dim(axis);
    }
    return place;
  }
}
