package org.jgml.models.check;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// A tensor as ggml recorded it: extents and byte strides innermost first, and the bytes of the
/// tensor that it is a view of.
///
/// @param viewOffset byte at which the view begins
record RecordedTensor(
    String name,
    String type,
    long[] extents,
    long[] strides,
    long viewOffset,
    MemorySegment bytes) {
  /// @throws NotTranslatable if there is no such type
  DataType dataType() {
    String wanted = type.toUpperCase(Locale.ROOT);
    for (DataType candidate : DataType.values()) {
      if (candidate.name().equals(wanted)) {
        return candidate;
      }
    }
    throw new NotTranslatable("no type " + type);
  }

  /// The shape, outermost axis first.
  Shape shape() {
    return Shape.of(reversed(extents));
  }

  /// Where the elements lie, in elements.
  StridedView view() {
    long[] elements = reversed(strides);
    for (int axis = 0; axis < elements.length; axis++) {
      elements[axis] = elements(elements[axis]);
    }
    if (dataType().isQuantised()) {
      // Recorded is the stride from block to block; within a block, elements are neighbours.
      elements[elements.length - 1] /= dataType().blockElements();
    }
    return new StridedView(shape(), elements, elements(viewOffset));
  }

  /// The number of elements in the bytes.
  long baseElements() {
    return bytes.byteSize() / dataType().blockBytes() * dataType().blockElements();
  }

  private long elements(long byteCount) {
    if (byteCount % dataType().blockBytes() != 0) {
      throw new NotTranslatable(name + " has a stride that cuts " + type + " elements");
    }
    return byteCount / dataType().blockBytes() * dataType().blockElements();
  }

  static long[] reversed(long[] values) {
    long[] reversed = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      reversed[i] = values[values.length - 1 - i];
    }
    return reversed;
  }
}
