package org.jgml.models.check;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;
import org.jgml.core.reference.Elements;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// The bytes of a dense result, to be compared in several ways.
record Values(TensorType type, MemorySegment bytes) {
  static Values of(RecordedTensor tensor) {
    return new Values(new TensorType(tensor.dataType(), tensor.shape()), tensor.bytes());
  }

  double[] elements() {
    return Elements.read(Tensor.dense(type, HostBuffer.over(bytes), 0));
  }

  /// How many bytes of another result of this type differ.
  long differingBytes(Values other) {
    long differing = 0;
    for (long i = 0; i < bytes.byteSize(); i++) {
      if (bytes.get(JAVA_BYTE, i) != other.bytes.get(JAVA_BYTE, i)) {
        differing++;
      }
    }
    return differing;
  }

  /// The largest distance of two 16-bit floats, in steps from one to the next; infinite where only
  /// one of them is NaN.
  double unitsInLastPlace(Values other) {
    if (type.dataType().bytes(1) != Short.BYTES) {
      throw new NotTranslatable("units in the last place of " + type.dataType());
    }
    double largest = 0;
    for (long i = 0; i < bytes.byteSize(); i += Short.BYTES) {
      short expected = bytes.get(JAVA_SHORT_UNALIGNED, i);
      short actual = other.bytes.get(JAVA_SHORT_UNALIGNED, i);
      largest = Math.max(largest, distance(expected, actual));
    }
    return largest;
  }

  private double distance(short expected, short actual) {
    if (isNaN(expected) || isNaN(actual)) {
      return isNaN(expected) && isNaN(actual) ? 0 : Double.POSITIVE_INFINITY;
    }
    return Math.abs(rank(expected) - rank(actual));
  }

  private boolean isNaN(short bits) {
    int infinity = type.dataType() == DataType.F16 ? 0x7C00 : 0x7F80;
    return (bits & 0x7FFF) > infinity;
  }

  /// Numbers 16-bit floats in rising order; both zeros are 0.
  private static int rank(short bits) {
    return bits < 0 ? -(bits & 0x7FFF) : bits;
  }
}
