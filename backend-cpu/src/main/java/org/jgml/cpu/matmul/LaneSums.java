package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/// Scratch in which the kernels for one token leave one vector a row, and the sums of its lanes.
///
/// Lanes are added in one fixed order. `reduceLanes` may add in another order once it is compiled,
/// which would make results vary.
final class LaneSums {
  /// Rows of one pass over the scratch.
  static final int ROWS = 256;

  private static final long ROW_BYTES = 64;

  static final long BYTES = ROWS * ROW_BYTES;

  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private LaneSums() {}

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.iota(Lanes.FLOATS, lanes % Lanes.COUNT, 1, true);
  }

  /// Byte offset of the vector of a row.
  static long offset(int row) {
    return row * ROW_BYTES;
  }

  /// Stores the sums of the vectors of rows 0 to `rows` as dense floats.
  static void store(MemorySegment vectors, int rows, MemorySegment y, long yOffset) {
    for (int row = 0; row < rows; row++) {
      y.set(Lanes.FLOAT, yOffset + row * 4L, sum(vectors, offset(row)));
    }
  }

  /// The sum of the vector at `offset`.
  static float sum(MemorySegment vectors, long offset) {
    FloatVector v = FloatVector.fromMemorySegment(Lanes.FLOATS, vectors, offset, Lanes.ORDER);
    if (Lanes.COUNT >= 16) {
      v = v.add(v.rearrange(BY_8));
    }
    if (Lanes.COUNT >= 8) {
      v = v.add(v.rearrange(BY_4));
    }
    v = v.add(v.rearrange(BY_2));
    return v.add(v.rearrange(BY_1)).lane(0);
  }
}
