package org.jgml.cpu.matmul;

import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/// Transposes squares of floats, as wide as a vector, in place.
///
/// At distance `d`, each pair of rows `i` and `i + d` exchanges the lanes that differ in the bit
/// `d`; after all powers of two below the width the square is transposed.
final class Transposition {
  private static final VectorShuffle<Float> UP_8 = rotation(-8);
  private static final VectorShuffle<Float> UP_4 = rotation(-4);
  private static final VectorShuffle<Float> UP_2 = rotation(-2);
  private static final VectorShuffle<Float> UP_1 = rotation(-1);
  private static final VectorShuffle<Float> DOWN_8 = rotation(8);
  private static final VectorShuffle<Float> DOWN_4 = rotation(4);
  private static final VectorShuffle<Float> DOWN_2 = rotation(2);
  private static final VectorShuffle<Float> DOWN_1 = rotation(1);
  private static final VectorMask<Float> BIT_8 = lanesWithBit(8);
  private static final VectorMask<Float> BIT_4 = lanesWithBit(4);
  private static final VectorMask<Float> BIT_2 = lanesWithBit(2);
  private static final VectorMask<Float> BIT_1 = lanesWithBit(1);

  private Transposition() {}

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.fromOp(FLOATS, lane -> Math.floorMod(lane + lanes, COUNT));
  }

  private static VectorMask<Float> lanesWithBit(int bit) {
    boolean[] lanes = new boolean[COUNT];
    for (int lane = 0; lane < COUNT; lane++) {
      lanes[lane] = (lane & bit) != 0;
    }
    return VectorMask.fromArray(FLOATS, lanes, 0);
  }

  /// Transposes the square whose rows start at `offset` and lie `rowBytes` apart.
  static void transpose(MemorySegment square, long offset, long rowBytes) {
    for (int i = 0; i < 4; i++) {
      if (COUNT == 16) {
        exchange8And4(square, offset + i * rowBytes, rowBytes);
      } else if (COUNT == 8) {
        exchange4(square, offset + i * rowBytes, rowBytes);
      }
    }
    for (int i = 0; i < COUNT; i += 4) {
      exchange2And1(square, offset + i * rowBytes, rowBytes);
    }
  }

  private static void exchange8And4(MemorySegment square, long offset, long rowBytes) {
    FloatVector a = FloatVector.fromMemorySegment(FLOATS, square, offset, ORDER);
    FloatVector b = FloatVector.fromMemorySegment(FLOATS, square, offset + 4 * rowBytes, ORDER);
    FloatVector c = FloatVector.fromMemorySegment(FLOATS, square, offset + 8 * rowBytes, ORDER);
    FloatVector d = FloatVector.fromMemorySegment(FLOATS, square, offset + 12 * rowBytes, ORDER);
    FloatVector a8 = a.blend(c.rearrange(UP_8), BIT_8);
    FloatVector b8 = b.blend(d.rearrange(UP_8), BIT_8);
    FloatVector c8 = a.rearrange(DOWN_8).blend(c, BIT_8);
    FloatVector d8 = b.rearrange(DOWN_8).blend(d, BIT_8);
    a8.blend(b8.rearrange(UP_4), BIT_4).intoMemorySegment(square, offset, ORDER);
    a8.rearrange(DOWN_4).blend(b8, BIT_4).intoMemorySegment(square, offset + 4 * rowBytes, ORDER);
    c8.blend(d8.rearrange(UP_4), BIT_4).intoMemorySegment(square, offset + 8 * rowBytes, ORDER);
    c8.rearrange(DOWN_4).blend(d8, BIT_4).intoMemorySegment(square, offset + 12 * rowBytes, ORDER);
  }

  private static void exchange4(MemorySegment square, long offset, long rowBytes) {
    FloatVector a = FloatVector.fromMemorySegment(FLOATS, square, offset, ORDER);
    FloatVector b = FloatVector.fromMemorySegment(FLOATS, square, offset + 4 * rowBytes, ORDER);
    a.blend(b.rearrange(UP_4), BIT_4).intoMemorySegment(square, offset, ORDER);
    a.rearrange(DOWN_4).blend(b, BIT_4).intoMemorySegment(square, offset + 4 * rowBytes, ORDER);
  }

  private static void exchange2And1(MemorySegment square, long offset, long rowBytes) {
    FloatVector a = FloatVector.fromMemorySegment(FLOATS, square, offset, ORDER);
    FloatVector b = FloatVector.fromMemorySegment(FLOATS, square, offset + rowBytes, ORDER);
    FloatVector c = FloatVector.fromMemorySegment(FLOATS, square, offset + 2 * rowBytes, ORDER);
    FloatVector d = FloatVector.fromMemorySegment(FLOATS, square, offset + 3 * rowBytes, ORDER);
    FloatVector a2 = a.blend(c.rearrange(UP_2), BIT_2);
    FloatVector b2 = b.blend(d.rearrange(UP_2), BIT_2);
    FloatVector c2 = a.rearrange(DOWN_2).blend(c, BIT_2);
    FloatVector d2 = b.rearrange(DOWN_2).blend(d, BIT_2);
    a2.blend(b2.rearrange(UP_1), BIT_1).intoMemorySegment(square, offset, ORDER);
    a2.rearrange(DOWN_1).blend(b2, BIT_1).intoMemorySegment(square, offset + rowBytes, ORDER);
    c2.blend(d2.rearrange(UP_1), BIT_1).intoMemorySegment(square, offset + 2 * rowBytes, ORDER);
    c2.rearrange(DOWN_1).blend(d2, BIT_1).intoMemorySegment(square, offset + 3 * rowBytes, ORDER);
  }
}
