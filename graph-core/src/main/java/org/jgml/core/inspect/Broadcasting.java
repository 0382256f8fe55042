package org.jgml.core.inspect;

import org.jgml.core.tensor.Shape;

/// Which elements NumPy's broadcast puts together.
final class Broadcasting {
  private Broadcasting() {}

  /// The row-major index in `shape` of the element that is paired with element `index` of `target`.
  static long paired(Shape shape, Shape target, long index) {
    long paired = 0;
    long stride = 1;
    for (int axis = 1; axis <= shape.rank(); axis++) {
      long position = index % target.dim(-axis);
      index /= target.dim(-axis);
      paired += shape.dim(-axis) == 1 ? 0 : position * stride;
      stride *= shape.dim(-axis);
    }
    return paired;
  }
}
