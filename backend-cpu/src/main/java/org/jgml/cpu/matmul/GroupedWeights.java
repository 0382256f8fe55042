package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.NARROW_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.UnpackedRow.SCALES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import org.jgml.core.format.Format;
import org.jgml.core.format.GroupedFormat;
import org.jgml.core.tensor.DataType;

/// Every format that takes itself apart into integers and scales of groups: vectors multiply what
/// the format unpacked.
record GroupedWeights(DataType type, GroupedFormat format) implements PackedFormat {
  /// @throws IllegalArgumentException if the format of the type has no groups
  static GroupedWeights of(DataType type) {
    if (Format.of(type) instanceof GroupedFormat format) {
      return new GroupedWeights(type, format);
    }
    throw new IllegalArgumentException(type + " does not consist of groups of integers");
  }

  /// Integers are unpacked to the end of where their block is wanted, so that each vector of them
  /// is read before it is overwritten.
  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    int length = type.blockElements();
    for (int i = 0; i < elements / length; i++) {
      long block = offset + (long) i * type.blockBytes();
      long to = yOffset + i * 4L * length;
      format.integers(w, block, y, to + 3L * length);
      for (int first = 0; first < length; first += format.groupElements()) {
        float scale = format.scale(w, block, first / format.groupElements());
        for (int j = first; j < first + format.groupElements(); j += COUNT) {
          ByteVector integers =
              ByteVector.fromMemorySegment(NARROW_BYTES, y, to + 3L * length + j, ORDER);
          FloatVector values = (FloatVector) integers.convertShape(B2F, FLOATS, 0);
          values.mul(scale).intoMemorySegment(y, to + 4L * j, ORDER);
        }
      }
    }
  }

  @Override
  public int groupElements() {
    return format.groupElements();
  }

  @Override
  public void unpack(MemorySegment w, long offset, int elements, MemorySegment row) {
    int groups = type.blockElements() / format.groupElements();
    for (int i = 0; i < elements / type.blockElements(); i++) {
      long block = offset + (long) i * type.blockBytes();
      format.integers(w, block, row, (long) i * type.blockElements());
      for (int group = 0; group < groups; group++) {
        float scale = format.scale(w, block, group);
        row.set(FLOAT, SCALES + 4L * ((long) i * groups + group), scale);
      }
    }
  }
}
