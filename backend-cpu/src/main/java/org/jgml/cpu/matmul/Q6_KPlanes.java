package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.BITWISE_BLEND;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static org.jgml.cpu.matmul.LanePlanes.BLOCK_BYTES;
import static org.jgml.cpu.matmul.LanePlanes.GROUP_SUMS;
import static org.jgml.cpu.matmul.LanePlanes.SECTION_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Lanes.SHORT;
import static org.jgml.cpu.matmul.Planes.FLOATS;
import static org.jgml.cpu.matmul.Planes.INTS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;

/// Rows of Q6_K times one token in [LanePlanes], two rows at a time.
///
/// The rows of a pair lie half of all rows apart, so that each is a stream of its own for the
/// hardware prefetcher, and share the activations. One loop runs over the blocks of all pairs:
/// entering a loop costs as much as several blocks, since the check of each access is hoisted in
/// front of it.
final class Q6_KPlanes {
  private static final VectorShuffle<Float> GROUPS_0_TO_3 = Planes.quarters(0);
  private static final VectorShuffle<Float> GROUPS_4_TO_7 = Planes.quarters(4);
  private static final VectorShuffle<Float> GROUPS_8_TO_11 = Planes.quarters(8);
  private static final VectorShuffle<Float> GROUPS_12_TO_15 = Planes.quarters(12);
  private static final IntVector PLANE_0 = IntVector.broadcast(INTS, 0x3f);
  private static final IntVector PLANE_1 = IntVector.broadcast(INTS, 0x3f << 8);
  private static final IntVector PLANE_2 = IntVector.broadcast(INTS, 0x3f << 16);
  private static final IntVector PLANE_3 = IntVector.broadcast(INTS, 0x3f << 24);

  /// The upper half of each byte, which bits that are stored elsewhere replace.
  private static final IntVector UPPER_BITS = IntVector.broadcast(INTS, 0xf0f0f0f0);

  private Q6_KPlanes() {}

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
      FloatVector scalesA =
          (FloatVector)
              LongVector.fromMemorySegment(LongVector.SPECIES_128, w, atA + 192, ORDER)
                  .reinterpretAsBytes()
                  .convertShape(B2F, FLOATS, 0);
      scalesA = scalesA.mul(Float.float16ToFloat(w.get(SHORT, atA + 208)));
      yA = scalesA.fma(x0, yA);
      IntVector allTopsA = IntVector.fromMemorySegment(INTS, w, atA + 128, ORDER);
      FloatVector scalesB =
          (FloatVector)
              LongVector.fromMemorySegment(LongVector.SPECIES_128, w, atB + 192, ORDER)
                  .reinterpretAsBytes()
                  .convertShape(B2F, FLOATS, 0);
      scalesB = scalesB.mul(Float.float16ToFloat(w.get(SHORT, atB + 208)));
      yB = scalesB.fma(x0, yB);
      IntVector allTopsB = IntVector.fromMemorySegment(INTS, w, atB + 128, ORDER);
      FloatVector t;
      IntVector q;
      IntVector bytesA = IntVector.fromMemorySegment(INTS, w, atA, ORDER);
      IntVector topsA = allTopsA.rearrange(Planes.LOWER_TWICE).lanewise(LSHR, Planes.UPPER_SHIFT);
      IntVector bytesB = IntVector.fromMemorySegment(INTS, w, atB, ORDER);
      IntVector topsB = allTopsB.rearrange(Planes.LOWER_TWICE).lanewise(LSHR, Planes.UPPER_SHIFT);
      x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt, ORDER);
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 64, ORDER);
      FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 128, ORDER);
      FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 192, ORDER);
      q = bytesA.lanewise(BITWISE_BLEND, topsA.lanewise(LSHL, 4), UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_0_TO_3), yA);
      q = bytesB.lanewise(BITWISE_BLEND, topsB.lanewise(LSHL, 4), UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_0_TO_3), yB);
      x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES, ORDER);
      x1 = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 64, ORDER);
      x2 = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 128, ORDER);
      x3 = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 192, ORDER);
      q = bytesA.lanewise(LSHR, 4).lanewise(BITWISE_BLEND, topsA, UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_4_TO_7), yA);
      q = bytesB.lanewise(LSHR, 4).lanewise(BITWISE_BLEND, topsB, UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_4_TO_7), yB);
      bytesA = IntVector.fromMemorySegment(INTS, w, atA + 64, ORDER);
      topsA = allTopsA.rearrange(Planes.UPPER_TWICE).lanewise(LSHR, Planes.UPPER_SHIFT);
      bytesB = IntVector.fromMemorySegment(INTS, w, atB + 64, ORDER);
      topsB = allTopsB.rearrange(Planes.UPPER_TWICE).lanewise(LSHR, Planes.UPPER_SHIFT);
      x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES, ORDER);
      x1 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 64, ORDER);
      x2 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 128, ORDER);
      x3 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 192, ORDER);
      q = bytesA.lanewise(BITWISE_BLEND, topsA.lanewise(LSHL, 4), UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_8_TO_11), yA);
      q = bytesB.lanewise(BITWISE_BLEND, topsB.lanewise(LSHL, 4), UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_8_TO_11), yB);
      x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES, ORDER);
      x1 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 64, ORDER);
      x2 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 128, ORDER);
      x3 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 192, ORDER);
      q = bytesA.lanewise(LSHR, 4).lanewise(BITWISE_BLEND, topsA, UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_12_TO_15), yA);
      q = bytesB.lanewise(LSHR, 4).lanewise(BITWISE_BLEND, topsB, UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_12_TO_15), yB);
      block++;
      atA += 210;
      atB += 210;
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
