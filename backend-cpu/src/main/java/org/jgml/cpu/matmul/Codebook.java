package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.FOUR_INTS;
import static org.jgml.cpu.matmul.Lanes.INTS;
import static org.jgml.cpu.matmul.Lanes.NARROW_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Lanes.SIXTEEN_BYTES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/// The 16 values that the nibbles of IQ4_NL and IQ4_XS stand for.
final class Codebook {
  private static final float[] VALUES = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };
  private static final ByteVector BYTES =
      ByteVector.fromArray(
          SIXTEEN_BYTES,
          new byte[] {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113},
          0);
  private static final FloatVector FIRST = FloatVector.fromArray(FLOATS, VALUES, 0);
  private static final FloatVector LAST = FloatVector.fromArray(FLOATS, VALUES, 16 - COUNT);

  private Codebook() {}

  /// Dequantises 32 weights: low nibbles of 16 bytes, then their high nibbles.
  static void dequantise(MemorySegment w, long quants, float scale, MemorySegment y, long offset) {
    for (int i = 0; i < 16; i += COUNT) {
      IntVector q =
          (IntVector)
              ByteVector.fromMemorySegment(NARROW_BYTES, w, quants + i, ORDER)
                  .convertShape(ZERO_EXTEND_B2I, INTS, 0);
      values(q.and(15)).mul(scale).intoMemorySegment(y, offset + 4 * i, ORDER);
      values(q.lanewise(LSHR, 4)).mul(scale).intoMemorySegment(y, offset + 64 + 4 * i, ORDER);
    }
  }

  /// Writes the values of 32 weights as bytes: low nibbles of 16 bytes, then their high nibbles.
  static void unpack(MemorySegment w, long quants, MemorySegment to, long offset) {
    IntVector q = IntVector.fromMemorySegment(FOUR_INTS, w, quants, ORDER);
    ByteVector low = q.and(0x0f0f0f0f).reinterpretAsBytes();
    low.selectFrom(BYTES).intoMemorySegment(to, offset, ORDER);
    ByteVector high = q.lanewise(LSHR, 4).and(0x0f0f0f0f).reinterpretAsBytes();
    high.selectFrom(BYTES).intoMemorySegment(to, offset + 16, ORDER);
  }

  /// The values of nibbles, in vectors of 8 or 16 lanes.
  static FloatVector values(IntVector q) {
    if (COUNT == 16) {
      return FIRST.rearrange(q.toShuffle().cast(FLOATS));
    }
    FloatVector low = FIRST.rearrange(q.and(7).toShuffle().cast(FLOATS));
    FloatVector high = LAST.rearrange(q.and(7).toShuffle().cast(FLOATS));
    VectorMask<Integer> upper = q.compare(GE, 8);
    return low.blend(high, upper.cast(FLOATS));
  }
}
