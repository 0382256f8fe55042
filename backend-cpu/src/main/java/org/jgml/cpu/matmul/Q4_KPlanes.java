package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static org.jgml.cpu.matmul.LanePlanes.BLOCK_BYTES;
import static org.jgml.cpu.matmul.LanePlanes.GROUP_SUMS;
import static org.jgml.cpu.matmul.LanePlanes.SECTION_BYTES;
import static org.jgml.cpu.matmul.Lanes.LONG;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Planes.FLOATS;
import static org.jgml.cpu.matmul.Planes.INTS;
import static org.jgml.cpu.matmul.Planes.PLANE_0;
import static org.jgml.cpu.matmul.Planes.PLANE_1;
import static org.jgml.cpu.matmul.Planes.PLANE_2;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;

/// Rows of Q4_K times one token in [LanePlanes].
///
/// One loop runs over the blocks of all rows: entering a loop costs as much as several blocks,
/// since the check of each access is hoisted in front of it.
final class Q4_KPlanes {
  private static final VectorShuffle<Float> GROUPS_0_2 = Planes.halves(0, 2);
  private static final VectorShuffle<Float> GROUPS_1_3 = Planes.halves(1, 3);
  private static final VectorShuffle<Float> GROUPS_4_6 = Planes.halves(4, 6);
  private static final VectorShuffle<Float> GROUPS_5_7 = Planes.halves(5, 7);
  private static final IntVector NIBBLE = IntVector.broadcast(INTS, 0x0f0f0f0f);

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
    int row = 0;
    int block = 0;
    long at = offset;
    FloatVector y = FloatVector.zero(FLOATS);
    for (int i = 0; i < rows * blocks; i++) {
      long xAt = block * BLOCK_BYTES;
      long head = w.get(LONG, at);
      long tail = w.get(LONG, at + 8);
      FloatVector scales =
          (FloatVector)
              LongVector.broadcast(LongVector.SPECIES_128, SixBitScales.scales(head, tail))
                  .withLane(1, SixBitScales.minima(head, tail))
                  .reinterpretAsBytes()
                  .convertShape(B2F, FLOATS, 0);
      float d = Float.float16ToFloat((short) head);
      float dmin = Float.float16ToFloat((short) (head >>> 16));
      scales = scales.mul(FloatVector.broadcast(FLOATS, d).blend(dmin, Planes.UPPER));
      y = scales.fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + GROUP_SUMS, ORDER), y);
      FloatVector t;
      IntVector q;
      IntVector bytes = IntVector.fromMemorySegment(INTS, w, at + 16, ORDER);
      q = bytes.and(NIBBLE);
      t =
          ((FloatVector) q.and(PLANE_0).convert(I2F, 0))
              .mul(FloatVector.fromMemorySegment(FLOATS, x, xAt, ORDER));
      t =
          ((FloatVector) q.and(PLANE_1).convert(I2F, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 64, ORDER), t);
      t =
          ((FloatVector) q.and(PLANE_2).convert(I2F, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 128, ORDER), t);
      t =
          ((FloatVector) q.lanewise(LSHR, 24).convert(I2F, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 192, ORDER), t);
      y = t.fma(scales.rearrange(GROUPS_0_2), y);
      q = bytes.lanewise(LSHR, 4).and(NIBBLE);
      t =
          ((FloatVector) q.and(PLANE_0).convert(I2F, 0))
              .mul(FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES, ORDER));
      t =
          ((FloatVector) q.and(PLANE_1).convert(I2F, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 64, ORDER), t);
      t =
          ((FloatVector) q.and(PLANE_2).convert(I2F, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 128, ORDER), t);
      t =
          ((FloatVector) q.lanewise(LSHR, 24).convert(I2F, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 192, ORDER), t);
      y = t.fma(scales.rearrange(GROUPS_1_3), y);
      bytes = IntVector.fromMemorySegment(INTS, w, at + 80, ORDER);
      q = bytes.and(NIBBLE);
      t =
          ((FloatVector) q.and(PLANE_0).convert(I2F, 0))
              .mul(FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES, ORDER));
      t =
          ((FloatVector) q.and(PLANE_1).convert(I2F, 0))
              .fma(
                  FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 64, ORDER), t);
      t =
          ((FloatVector) q.and(PLANE_2).convert(I2F, 0))
              .fma(
                  FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 128, ORDER),
                  t);
      t =
          ((FloatVector) q.lanewise(LSHR, 24).convert(I2F, 0))
              .fma(
                  FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 192, ORDER),
                  t);
      y = t.fma(scales.rearrange(GROUPS_4_6), y);
      q = bytes.lanewise(LSHR, 4).and(NIBBLE);
      t =
          ((FloatVector) q.and(PLANE_0).convert(I2F, 0))
              .mul(FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES, ORDER));
      t =
          ((FloatVector) q.and(PLANE_1).convert(I2F, 0))
              .fma(
                  FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 64, ORDER), t);
      t =
          ((FloatVector) q.and(PLANE_2).convert(I2F, 0))
              .fma(
                  FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 128, ORDER),
                  t);
      t =
          ((FloatVector) q.lanewise(LSHR, 24).convert(I2F, 0))
              .fma(
                  FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 192, ORDER),
                  t);
      y = t.fma(scales.rearrange(GROUPS_5_7), y);
      block++;
      at += 144;
      if (block == blocks) {
        y.intoMemorySegment(sums, LaneSums.offset(row), ORDER);
        y = FloatVector.zero(FLOATS);
        row++;
        block = 0;
        at = offset + row * rowBytes;
      }
    }
  }
}
