package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.BITWISE_BLEND;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
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

/// Rows of Q5_K times one token in [LanePlanes], two rows at a time.
///
/// The rows of a pair lie half of all rows apart, so that each is a stream of its own for the
/// hardware prefetcher, and share the activations. One loop runs over the blocks of all pairs:
/// entering a loop costs as much as several blocks, since the check of each access is hoisted in
/// front of it.
final class Q5_KPlanes {
  private static final VectorShuffle<Float> GROUPS_0_2 = Planes.halves(0, 2);
  private static final VectorShuffle<Float> GROUPS_1_3 = Planes.halves(1, 3);
  private static final VectorShuffle<Float> GROUPS_4_6 = Planes.halves(4, 6);
  private static final VectorShuffle<Float> GROUPS_5_7 = Planes.halves(5, 7);
  private static final IntVector PLANE_0 = IntVector.broadcast(INTS, 0x1f);
  private static final IntVector PLANE_1 = IntVector.broadcast(INTS, 0x1f << 8);
  private static final IntVector PLANE_2 = IntVector.broadcast(INTS, 0x1f << 16);
  private static final IntVector PLANE_3 = IntVector.broadcast(INTS, 0x1f << 24);

  /// The upper half of each byte, which bits that are stored elsewhere replace.
  private static final IntVector UPPER_BITS = IntVector.broadcast(INTS, 0xf0f0f0f0);

  private Q5_KPlanes() {}

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
      IntVector topsA =
          IntVector.fromMemorySegment(INTS, w, atA + 16, ORDER)
              .rearrange(Planes.LOWER_TWICE)
              .lanewise(LSHR, Planes.UPPER_SHIFT);
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
      IntVector topsB =
          IntVector.fromMemorySegment(INTS, w, atB + 16, ORDER)
              .rearrange(Planes.LOWER_TWICE)
              .lanewise(LSHR, Planes.UPPER_SHIFT);
      FloatVector t;
      IntVector q;
      IntVector bytesA = IntVector.fromMemorySegment(INTS, w, atA + 48, ORDER);
      IntVector bytesB = IntVector.fromMemorySegment(INTS, w, atB + 48, ORDER);
      x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt, ORDER);
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 64, ORDER);
      FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 128, ORDER);
      FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 192, ORDER);
      q = bytesA.lanewise(BITWISE_BLEND, topsA.lanewise(LSHL, 4), UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_0_2), yA);
      q = bytesB.lanewise(BITWISE_BLEND, topsB.lanewise(LSHL, 4), UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_0_2), yB);
      x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES, ORDER);
      x1 = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 64, ORDER);
      x2 = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 128, ORDER);
      x3 = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 192, ORDER);
      q = bytesA.lanewise(LSHR, 4).lanewise(BITWISE_BLEND, topsA.lanewise(LSHL, 3), UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_1_3), yA);
      q = bytesB.lanewise(LSHR, 4).lanewise(BITWISE_BLEND, topsB.lanewise(LSHL, 3), UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_1_3), yB);
      bytesA = IntVector.fromMemorySegment(INTS, w, atA + 112, ORDER);
      bytesB = IntVector.fromMemorySegment(INTS, w, atB + 112, ORDER);
      x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES, ORDER);
      x1 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 64, ORDER);
      x2 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 128, ORDER);
      x3 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 192, ORDER);
      q = bytesA.lanewise(BITWISE_BLEND, topsA, UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_4_6), yA);
      q = bytesB.lanewise(BITWISE_BLEND, topsB, UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_4_6), yB);
      x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES, ORDER);
      x1 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 64, ORDER);
      x2 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 128, ORDER);
      x3 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 192, ORDER);
      q = bytesA.lanewise(LSHR, 4).lanewise(BITWISE_BLEND, topsA.lanewise(LSHR, 1), UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_5_7), yA);
      q = bytesB.lanewise(LSHR, 4).lanewise(BITWISE_BLEND, topsB.lanewise(LSHR, 1), UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_5_7), yB);
      block++;
      atA += 176;
      atB += 176;
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
