package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
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
import static org.jgml.cpu.matmul.Planes.PLANE_0;
import static org.jgml.cpu.matmul.Planes.PLANE_1;
import static org.jgml.cpu.matmul.Planes.PLANE_2;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;

/// Rows of Q6_K times one token in [LanePlanes].
///
/// One loop runs over the blocks of all rows: entering a loop costs as much as several blocks,
/// since the check of each access is hoisted in front of it.
final class Q6_KPlanes {
  private static final VectorShuffle<Float> GROUPS_0_TO_3 = Planes.quarters(0);
  private static final VectorShuffle<Float> GROUPS_4_TO_7 = Planes.quarters(4);
  private static final VectorShuffle<Float> GROUPS_8_TO_11 = Planes.quarters(8);
  private static final VectorShuffle<Float> GROUPS_12_TO_15 = Planes.quarters(12);
  private static final IntVector NIBBLE = IntVector.broadcast(INTS, 0x0f0f0f0f);
  private static final IntVector TOP = IntVector.broadcast(INTS, 0x30303030);

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
    int row = 0;
    int block = 0;
    long at = offset;
    FloatVector y = FloatVector.zero(FLOATS);
    for (int i = 0; i < rows * blocks; i++) {
      long xAt = block * BLOCK_BYTES;
      FloatVector scales =
          (FloatVector)
              LongVector.fromMemorySegment(LongVector.SPECIES_128, w, at + 192, ORDER)
                  .reinterpretAsBytes()
                  .convertShape(B2F, FLOATS, 0);
      scales = scales.mul(Float.float16ToFloat(w.get(SHORT, at + 208)));
      y = scales.fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + GROUP_SUMS, ORDER), y);
      IntVector allTops = IntVector.fromMemorySegment(INTS, w, at + 128, ORDER);
      FloatVector t;
      IntVector q;
      IntVector bytes = IntVector.fromMemorySegment(INTS, w, at, ORDER);
      IntVector tops = allTops.rearrange(Planes.LOWER_TWICE).lanewise(LSHR, Planes.UPPER_SHIFT);
      q = bytes.and(NIBBLE).or(tops.lanewise(LSHL, 4).and(TOP));
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
      y = t.fma(scales.rearrange(GROUPS_0_TO_3), y);
      q = bytes.lanewise(LSHR, 4).and(NIBBLE).or(tops.and(TOP));
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
      y = t.fma(scales.rearrange(GROUPS_4_TO_7), y);
      bytes = IntVector.fromMemorySegment(INTS, w, at + 64, ORDER);
      tops = allTops.rearrange(Planes.UPPER_TWICE).lanewise(LSHR, Planes.UPPER_SHIFT);
      q = bytes.and(NIBBLE).or(tops.lanewise(LSHL, 4).and(TOP));
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
      y = t.fma(scales.rearrange(GROUPS_8_TO_11), y);
      q = bytes.lanewise(LSHR, 4).and(NIBBLE).or(tops.and(TOP));
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
      y = t.fma(scales.rearrange(GROUPS_12_TO_15), y);
      block++;
      at += 210;
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
