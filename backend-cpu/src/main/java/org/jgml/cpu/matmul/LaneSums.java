package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/// Sums over the lanes of a vector in one fixed order.
///
/// `reduceLanes` may add in another order once it is compiled, which would make results vary.
final class LaneSums {
  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private LaneSums() {}

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.iota(Lanes.FLOATS, lanes % Lanes.COUNT, 1, true);
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
