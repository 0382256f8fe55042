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

/// Rows of Q6_K times one token in [LanePlanes], in three streams; see [Planes].
final class Q6_KPlanes {
  private static final VectorShuffle<Float> GROUPS_0_TO_3 = Planes.quarters(0);
  private static final VectorShuffle<Float> GROUPS_4_TO_7 = Planes.quarters(4);

  /// Brings the scales of the second half of a block to where those of the first half were.
  private static final VectorShuffle<Float> SECOND_HALF = VectorShuffle.iota(FLOATS, 8, 1, true);

  private static final VectorShuffle<Integer> SECOND_TOPS = VectorShuffle.iota(INTS, 8, 1, true);
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
    int halves = k / 128;
    int step = (rows + 2) / 3;
    int rowB = Math.min(step, rows - step);
    int rowC = rows - step;
    int row = 0;
    int half = 0;
    long atA = offset;
    long atB = offset + rowB * rowBytes;
    long atC = offset + rowC * rowBytes;
    FloatVector yA = FloatVector.zero(FLOATS), yB = yA, yC = yA;
    FloatVector scalesA = yA, scalesB = yA, scalesC = yA;
    IntVector topsA = IntVector.zero(INTS), topsB = topsA, topsC = topsA;
    for (int i = 0; i < step * halves; i++) {
      long xAt = half / 2 * BLOCK_BYTES;
      if (half % 2 == 0) {
        FloatVector xSums = FloatVector.fromMemorySegment(FLOATS, x, xAt + GROUP_SUMS, ORDER);
        FloatVector d;
        LongVector bytes;
        bytes = LongVector.fromMemorySegment(LongVector.SPECIES_128, w, atA + 192, ORDER);
        scalesA = (FloatVector) bytes.reinterpretAsBytes().convertShape(B2F, FLOATS, 0);
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[w.get(SHORT, atA + 208) & 0xffff]);
        scalesA = scalesA.mul(d);
        yA = scalesA.fma(xSums, yA);
        topsA = IntVector.fromMemorySegment(INTS, w, atA + 128, ORDER);
        bytes = LongVector.fromMemorySegment(LongVector.SPECIES_128, w, atB + 192, ORDER);
        scalesB = (FloatVector) bytes.reinterpretAsBytes().convertShape(B2F, FLOATS, 0);
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[w.get(SHORT, atB + 208) & 0xffff]);
        scalesB = scalesB.mul(d);
        yB = scalesB.fma(xSums, yB);
        topsB = IntVector.fromMemorySegment(INTS, w, atB + 128, ORDER);
        bytes = LongVector.fromMemorySegment(LongVector.SPECIES_128, w, atC + 192, ORDER);
        scalesC = (FloatVector) bytes.reinterpretAsBytes().convertShape(B2F, FLOATS, 0);
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[w.get(SHORT, atC + 208) & 0xffff]);
        scalesC = scalesC.mul(d);
        yC = scalesC.fma(xSums, yC);
        topsC = IntVector.fromMemorySegment(INTS, w, atC + 128, ORDER);
      } else {
        xAt += 2 * SECTION_BYTES;
        scalesA = scalesA.rearrange(SECOND_HALF);
        topsA = topsA.rearrange(SECOND_TOPS);
        scalesB = scalesB.rearrange(SECOND_HALF);
        topsB = topsB.rearrange(SECOND_TOPS);
        scalesC = scalesC.rearrange(SECOND_HALF);
        topsC = topsC.rearrange(SECOND_TOPS);
      }
      FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, xAt, ORDER);
      FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 64, ORDER);
      FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 128, ORDER);
      FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 192, ORDER);
      FloatVector x4 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 256, ORDER);
      FloatVector x5 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 320, ORDER);
      FloatVector x6 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 384, ORDER);
      FloatVector x7 = FloatVector.fromMemorySegment(FLOATS, x, xAt + 448, ORDER);
      FloatVector t;
      IntVector bytes;
      IntVector q;
      IntVector tops;
      bytes = IntVector.fromMemorySegment(INTS, w, atA, ORDER);
      atA += 64;
      tops = topsA.rearrange(Planes.LOWER_TWICE).lanewise(LSHR, Planes.UPPER_SHIFT);
      q = bytes.lanewise(BITWISE_BLEND, tops.lanewise(LSHL, 4), UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_0_TO_3), yA);
      q = bytes.lanewise(LSHR, 4).lanewise(BITWISE_BLEND, tops, UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x4);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x5, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x6, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x7, t);
      yA = t.fma(scalesA.rearrange(GROUPS_4_TO_7), yA);
      bytes = IntVector.fromMemorySegment(INTS, w, atB, ORDER);
      atB += 64;
      tops = topsB.rearrange(Planes.LOWER_TWICE).lanewise(LSHR, Planes.UPPER_SHIFT);
      q = bytes.lanewise(BITWISE_BLEND, tops.lanewise(LSHL, 4), UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_0_TO_3), yB);
      q = bytes.lanewise(LSHR, 4).lanewise(BITWISE_BLEND, tops, UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x4);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x5, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x6, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x7, t);
      yB = t.fma(scalesB.rearrange(GROUPS_4_TO_7), yB);
      bytes = IntVector.fromMemorySegment(INTS, w, atC, ORDER);
      atC += 64;
      tops = topsC.rearrange(Planes.LOWER_TWICE).lanewise(LSHR, Planes.UPPER_SHIFT);
      q = bytes.lanewise(BITWISE_BLEND, tops.lanewise(LSHL, 4), UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x0);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x1, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x2, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x3, t);
      yC = t.fma(scalesC.rearrange(GROUPS_0_TO_3), yC);
      q = bytes.lanewise(LSHR, 4).lanewise(BITWISE_BLEND, tops, UPPER_BITS);
      t = ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0)).mul(x4);
      t = ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0)).fma(x5, t);
      t = ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0)).fma(x6, t);
      t = ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0)).fma(x7, t);
      yC = t.fma(scalesC.rearrange(GROUPS_4_TO_7), yC);
      half++;
      if (half % 2 == 0) {
        atA += 82;
        atB += 82;
        atC += 82;
      }
      if (half == halves) {
        yA.intoMemorySegment(sums, LaneSums.offset(row), ORDER);
        yB.intoMemorySegment(sums, LaneSums.offset(rowB + row), ORDER);
        yC.intoMemorySegment(sums, LaneSums.offset(rowC + row), ORDER);
        yA = yB = yC = FloatVector.zero(FLOATS);
        row++;
        half = 0;
      }
    }
  }
}
