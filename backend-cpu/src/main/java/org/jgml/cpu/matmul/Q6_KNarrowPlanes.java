package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static org.jgml.cpu.matmul.GroupFactors.SECOND_NEXT;
import static org.jgml.cpu.matmul.GroupFactors.TWO_LONGS;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.INTS;
import static org.jgml.cpu.matmul.Lanes.LONG;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Lanes.SHORT;
import static org.jgml.cpu.matmul.NarrowPlanes.BLOCK_BYTES;
import static org.jgml.cpu.matmul.NarrowPlanes.GROUP_BYTES;
import static org.jgml.cpu.matmul.NarrowPlanes.LANES_0_1;
import static org.jgml.cpu.matmul.NarrowPlanes.LANES_4_5;
import static org.jgml.cpu.matmul.NarrowPlanes.NIBBLES;
import static org.jgml.cpu.matmul.NarrowPlanes.PLANE_BYTES;
import static org.jgml.cpu.matmul.NarrowPlanes.SUMS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;

/// Rows of Q6_K times one token in [NarrowPlanes], in two streams.
final class Q6_KNarrowPlanes {
  private static final IntVector PLANE_0 = IntVector.broadcast(INTS, 0x3f);
  private static final IntVector PLANE_1 = IntVector.broadcast(INTS, 0x3f << 8);
  private static final IntVector PLANE_2 = IntVector.broadcast(INTS, 0x3f << 16);
  private static final IntVector PLANE_3 = IntVector.broadcast(INTS, 0x3f << 24);

  /// Where the upper two bits of each quant come to lie.
  private static final IntVector UPPER_BITS = IntVector.broadcast(INTS, 0x30303030);

  private Q6_KNarrowPlanes() {}

  /// See [PlanarFormat#multiplyPlanes].
  static void multiply(
      MemorySegment w,
      long offset,
      long rowBytes,
      int rows,
      int k,
      MemorySegment x,
      MemorySegment sums) {
    int runs = k / 64;
    int step = (rows + 1) / 2;
    int rowB = rows - step;
    int row = 0;
    int run = 0;
    long xAt = 0;
    long atA = offset;
    long atB = offset + rowB * rowBytes;
    FloatVector yA = FloatVector.zero(FLOATS), yB = yA;
    FloatVector scalesA = yA, scalesB = yA;
    IntVector topsA = IntVector.zero(INTS), topsB = topsA;
    for (int i = 0; i < step * runs; i++) {
      if (run % 2 == 0) {
        // Of the second half of a block 64 bytes of nibbles have been passed.
        boolean second = run % 4 != 0;
        long xSumsAt = xAt + (second ? SUMS + 32 - 4 * GROUP_BYTES : SUMS);
        long topsAt = second ? 128 + 32 - 64 : 128;
        long scalesAt = second ? 192 + 8 - 64 : 192;
        long factorAt = second ? 208 - 64 : 208;
        FloatVector xSums = FloatVector.fromMemorySegment(FLOATS, x, xSumsAt, ORDER);
        FloatVector d;
        LongVector bytes;
        bytes = LongVector.broadcast(TWO_LONGS, w.get(LONG, atA + scalesAt));
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[w.get(SHORT, atA + factorAt) & 0xffff]);
        scalesA = ((FloatVector) bytes.reinterpretAsBytes().convertShape(B2F, FLOATS, 0)).mul(d);
        yA = scalesA.fma(xSums, yA);
        topsA = IntVector.fromMemorySegment(INTS, w, atA + topsAt, ORDER);
        bytes = LongVector.broadcast(TWO_LONGS, w.get(LONG, atB + scalesAt));
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[w.get(SHORT, atB + factorAt) & 0xffff]);
        scalesB = ((FloatVector) bytes.reinterpretAsBytes().convertShape(B2F, FLOATS, 0)).mul(d);
        yB = scalesB.fma(xSums, yB);
        topsB = IntVector.fromMemorySegment(INTS, w, atB + topsAt, ORDER);
      }
      FloatVector t;
      IntVector bytes;
      IntVector q;
      long xHigh = xAt + 2 * GROUP_BYTES;
      bytes = IntVector.fromMemorySegment(INTS, w, atA, ORDER);
      atA += 32;
      q = bytes.and(NIBBLES).or(topsA.lanewise(LSHL, 4).and(UPPER_BITS));
      t =
          ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0))
              .mul(FloatVector.fromMemorySegment(FLOATS, x, xAt, ORDER));
      t =
          ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + PLANE_BYTES, ORDER), t);
      t =
          ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * PLANE_BYTES, ORDER), t);
      t =
          ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * PLANE_BYTES, ORDER), t);
      yA = t.fma(scalesA.rearrange(LANES_0_1), yA);
      q = bytes.lanewise(LSHR, 4).and(NIBBLES).or(topsA.and(UPPER_BITS));
      t =
          ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0))
              .mul(FloatVector.fromMemorySegment(FLOATS, x, xHigh, ORDER));
      t =
          ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xHigh + PLANE_BYTES, ORDER), t);
      t =
          ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xHigh + 2 * PLANE_BYTES, ORDER), t);
      t =
          ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xHigh + 3 * PLANE_BYTES, ORDER), t);
      yA = t.fma(scalesA.rearrange(LANES_4_5), yA);
      scalesA = scalesA.rearrange(SECOND_NEXT);
      topsA = topsA.lanewise(LSHR, 2);
      bytes = IntVector.fromMemorySegment(INTS, w, atB, ORDER);
      atB += 32;
      q = bytes.and(NIBBLES).or(topsB.lanewise(LSHL, 4).and(UPPER_BITS));
      t =
          ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0))
              .mul(FloatVector.fromMemorySegment(FLOATS, x, xAt, ORDER));
      t =
          ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + PLANE_BYTES, ORDER), t);
      t =
          ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * PLANE_BYTES, ORDER), t);
      t =
          ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * PLANE_BYTES, ORDER), t);
      yB = t.fma(scalesB.rearrange(LANES_0_1), yB);
      q = bytes.lanewise(LSHR, 4).and(NIBBLES).or(topsB.and(UPPER_BITS));
      t =
          ((FloatVector) q.and(PLANE_0).convertShape(I2F, FLOATS, 0))
              .mul(FloatVector.fromMemorySegment(FLOATS, x, xHigh, ORDER));
      t =
          ((FloatVector) q.and(PLANE_1).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xHigh + PLANE_BYTES, ORDER), t);
      t =
          ((FloatVector) q.and(PLANE_2).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xHigh + 2 * PLANE_BYTES, ORDER), t);
      t =
          ((FloatVector) q.and(PLANE_3).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xHigh + 3 * PLANE_BYTES, ORDER), t);
      yB = t.fma(scalesB.rearrange(LANES_4_5), yB);
      scalesB = scalesB.rearrange(SECOND_NEXT);
      topsB = topsB.lanewise(LSHR, 2);
      run++;
      xAt += run % 2 == 0 ? 3 * GROUP_BYTES : GROUP_BYTES;
      if (run % 4 == 0) {
        xAt += BLOCK_BYTES - SUMS;
        atA += 82;
        atB += 82;
      }
      if (run == runs) {
        yA.intoMemorySegment(sums, LaneSums.offset(row), ORDER);
        yB.intoMemorySegment(sums, LaneSums.offset(rowB + row), ORDER);
        yA = yB = FloatVector.zero(FLOATS);
        row++;
        run = 0;
        xAt = 0;
      }
    }
  }
}
