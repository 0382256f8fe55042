package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// The 16 values that the nibbles of IQ4_NL and IQ4_XS stand for.
final class CodebookLanes {
  private static final float[] VALUES = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  private CodebookLanes() {}

  /// Dequantises 32 weights: low nibbles of 16 bytes, then their high nibbles.
  static void dequantise(MemorySegment w, long quants, float scale, MemorySegment y, long at) {
    for (int i = 0; i < 16; i += Lanes.COUNT) {
      IntVector q = Lanes.unsignedBytes(w, quants + i);
      long to = at + (long) i * Float.BYTES;
      lookup(q.and(15)).mul(scale).intoMemorySegment(y, to, Lanes.ORDER);
      lookup(q.lanewise(LSHR, 4)).mul(scale).intoMemorySegment(y, to + 64, Lanes.ORDER);
    }
  }

  private static FloatVector lookup(IntVector q) {
    FloatVector values = entries(q, 0);
    for (int first = Lanes.COUNT; first < 16; first += Lanes.COUNT) {
      VectorMask<Integer> later = q.compare(VectorOperators.GE, first);
      values = values.blend(entries(q, first), later.cast(Lanes.FLOATS));
    }
    return values;
  }

  private static FloatVector entries(IntVector q, int first) {
    return FloatVector.fromArray(Lanes.FLOATS, VALUES, first)
        .rearrange(q.and(Lanes.COUNT - 1).toShuffle().cast(Lanes.FLOATS));
  }
}
