package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static org.jgml.cpu.matmul.LanePlanes.BLOCK_BYTES;
import static org.jgml.cpu.matmul.LanePlanes.GROUP_SUMS;
import static org.jgml.cpu.matmul.LanePlanes.SECTION_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Planes.FLOATS;
import static org.jgml.cpu.matmul.Planes.INTS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;

/// Rows of Q4_K times one token in [LanePlanes], two rows at a time.
///
/// The rows of a pair lie half of all rows apart, so that each is a stream of its own for the
/// hardware prefetcher, and share the activations. One loop runs over the blocks of all pairs:
/// entering a loop costs as much as several blocks, since the check of each access is hoisted in
/// front of it.
final class Q4_KPlanes {
  private static final VectorShuffle<Float> GROUPS_0_2 = Planes.halves(0, 2);
  private static final VectorShuffle<Float> GROUPS_1_3 = Planes.halves(1, 3);
  private static final VectorShuffle<Float> GROUPS_4_6 = Planes.halves(4, 6);
  private static final VectorShuffle<Float> GROUPS_5_7 = Planes.halves(5, 7);
  private static final IntVector LOW_0 = IntVector.broadcast(INTS, 0xf);
  private static final IntVector LOW_1 = IntVector.broadcast(INTS, 0xf << 8);
  private static final IntVector LOW_2 = IntVector.broadcast(INTS, 0xf << 16);
  private static final IntVector LOW_3 = IntVector.broadcast(INTS, 0xf << 24);
  private static final IntVector HIGH_0 = IntVector.broadcast(INTS, 0xf0);
  private static final IntVector HIGH_1 = IntVector.broadcast(INTS, 0xf0 << 8);
  private static final IntVector HIGH_2 = IntVector.broadcast(INTS, 0xf0 << 16);

  private Q4_KPlanes() {}

  /// See [PlanarFormat#multiplyPlanes].
  static void multiply(
      MemorySegment w,
      long offset,
      long rowBytes,
      int rows,
      int k,
      MemorySegment x,
      MemorySegment sums) {
    int blocks = k / 256;
    int pairs = (rows + 1) / 2;
    int row = 0;
    int block = 0;
    long atA = offset;
    long atB = offset + (rows - pairs) * rowBytes;
    FloatVector yA = FloatVector.zero(FLOATS);
    FloatVector yB = FloatVector.zero(FLOATS);
    for (int i = 0; i < pairs * blocks; i++) {
      long xAt = block * BLOCK_BYTES;
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt + GROUP_SUMS, ORDER);
      IntVector headA =
          (IntVector)
              IntVector.fromMemorySegment(Lanes.FOUR_INTS, w, atA, ORDER).reinterpretShape(INTS, 0);
      int factorsA = headA.lane(0);
      FloatVector scalesA =
          (FloatVector)
              headA
                  .rearrange(SixBitScales.FIRST)
                  .lanewise(LSHR, SixBitScales.FIRST_SHIFT)
                  .and(SixBitScales.FIRST_BITS)
                  .or(
                      headA
                          .rearrange(SixBitScales.REST)
                          .lanewise(LSHR, SixBitScales.REST_SHIFT)
                          .and(SixBitScales.REST_BITS))
                  .convertShape(I2F, FLOATS, 0);
      scalesA =
          scalesA.mul(
              FloatVector.broadcast(FLOATS, Float.float16ToFloat((short) factorsA))
                  .blend(Float.float16ToFloat((short) (factorsA >>> 16)), Planes.UPPER));
      yA = scalesA.fma(x0, yA);
      IntVector headB =
          (IntVector)
              IntVector.fromMemorySegment(Lanes.FOUR_INTS, w, atB, ORDER).reinterpretShape(INTS, 0);
      int factorsB = headB.lane(0);
      FloatVector scalesB =
          (FloatVector)
              headB
                  .rearrange(SixBitScales.FIRST)
                  .lanewise(LSHR, SixBitScales.FIRST_SHIFT)
                  .and(SixBitScales.FIRST_BITS)
                  .or(
                      headB
                          .rearrange(SixBitScales.REST)
                          .lanewise(LSHR, SixBitScales.REST_SHIFT)
                          .and(SixBitScales.REST_BITS))
                  .convertShape(I2F, FLOATS, 0);
      scalesB =
          scalesB.mul(
              FloatVector.broadcast(FLOATS, Float.float16ToFloat((short) factorsB))
                  .blend(Float.float16ToFloat((short) (factorsB >>> 16)), Planes.UPPER));
      yB = scalesB.fma(x0, yB);
      FloatVector t;
      IntVector bytesA = IntVector.fromMemorySegment(INTS, w, atA + 16, ORDER);
      IntVector bytesB = IntVector.fromMemorySegment(INTS, w, atB + 16, ORDER);
      x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt, ORDER);
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 64, ORDER);
      FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 128, ORDER);
      FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 192, ORDER);
      t = ((FloatVector) bytesA.and(LOW_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) bytesA.and(LOW_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) bytesA.and(LOW_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) bytesA.and(LOW_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_0_2), yA);
      t = ((FloatVector) bytesB.and(LOW_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) bytesB.and(LOW_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) bytesB.and(LOW_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) bytesB.and(LOW_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_0_2), yB);
      x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES, ORDER);
      x1 = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 64, ORDER);
      x2 = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 128, ORDER);
      x3 = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 192, ORDER);
      t = ((FloatVector) bytesA.and(HIGH_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) bytesA.and(HIGH_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) bytesA.and(HIGH_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) bytesA.lanewise(LSHR, 28).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_1_3), yA);
      t = ((FloatVector) bytesB.and(HIGH_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) bytesB.and(HIGH_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) bytesB.and(HIGH_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) bytesB.lanewise(LSHR, 28).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_1_3), yB);
      bytesA = IntVector.fromMemorySegment(INTS, w, atA + 80, ORDER);
      bytesB = IntVector.fromMemorySegment(INTS, w, atB + 80, ORDER);
      x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES, ORDER);
      x1 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 64, ORDER);
      x2 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 128, ORDER);
      x3 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 192, ORDER);
      t = ((FloatVector) bytesA.and(LOW_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) bytesA.and(LOW_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) bytesA.and(LOW_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) bytesA.and(LOW_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_4_6), yA);
      t = ((FloatVector) bytesB.and(LOW_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) bytesB.and(LOW_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) bytesB.and(LOW_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) bytesB.and(LOW_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_4_6), yB);
      x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES, ORDER);
      x1 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 64, ORDER);
      x2 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 128, ORDER);
      x3 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 192, ORDER);
      t = ((FloatVector) bytesA.and(HIGH_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) bytesA.and(HIGH_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) bytesA.and(HIGH_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) bytesA.lanewise(LSHR, 28).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_5_7), yA);
      t = ((FloatVector) bytesB.and(HIGH_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) bytesB.and(HIGH_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) bytesB.and(HIGH_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) bytesB.lanewise(LSHR, 28).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_5_7), yB);
      block++;
      atA += 144;
      atB += 144;
      if (block == blocks) {
        yA.intoMemorySegment(sums, LaneSums.offset(row), ORDER);
        yB.intoMemorySegment(sums, LaneSums.offset(row + rows - pairs), ORDER);
        yA = FloatVector.zero(FLOATS);
        yB = FloatVector.zero(FLOATS);
        row++;
        block = 0;
        atA = offset + row * rowBytes;
        atB = atA + (rows - pairs) * rowBytes;
      }
    }
  }
}
