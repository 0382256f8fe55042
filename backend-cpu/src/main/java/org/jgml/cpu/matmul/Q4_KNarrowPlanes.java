package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static org.jgml.cpu.matmul.GroupFactors.LANE_0;
import static org.jgml.cpu.matmul.GroupFactors.LANE_1;
import static org.jgml.cpu.matmul.GroupFactors.SECOND_NEXT;
import static org.jgml.cpu.matmul.GroupFactors.TWO_LONGS;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.INTS;
import static org.jgml.cpu.matmul.Lanes.LONG;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.NarrowPlanes.BLOCK_BYTES;
import static org.jgml.cpu.matmul.NarrowPlanes.GROUP_BYTES;
import static org.jgml.cpu.matmul.NarrowPlanes.PLANE_BYTES;
import static org.jgml.cpu.matmul.NarrowPlanes.SUMS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;

/// Rows of Q4_K times one token in [NarrowPlanes], in two streams.
final class Q4_KNarrowPlanes {
  private static final IntVector PLANE_0 = IntVector.broadcast(INTS, 0xf);
  private static final IntVector PLANE_1 = IntVector.broadcast(INTS, 0xf << 8);
  private static final IntVector PLANE_2 = IntVector.broadcast(INTS, 0xf << 16);
  private static final IntVector PLANE_3 = IntVector.broadcast(INTS, 0xf << 24);

  private Q4_KNarrowPlanes() {}

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
    for (int i = 0; i < step * runs; i++) {
      if (run % 4 == 0) {
        FloatVector xSums = FloatVector.fromMemorySegment(FLOATS, x, xAt + SUMS, ORDER);
        long head;
        long tail;
        FloatVector d;
        LongVector bytes;
        head = w.get(LONG, atA);
        tail = w.get(LONG, atA + 8);
        bytes = LongVector.broadcast(TWO_LONGS, SixBitScales.scales(head, tail));
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[(int) head & 0xffff]);
        scalesA = ((FloatVector) bytes.reinterpretAsBytes().convertShape(B2F, FLOATS, 0)).mul(d);
        bytes = LongVector.broadcast(TWO_LONGS, SixBitScales.minima(head, tail));
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[(int) (head >>> 16) & 0xffff]);
        yA =
            ((FloatVector) bytes.reinterpretAsBytes().convertShape(B2F, FLOATS, 0))
                .mul(d)
                .fma(xSums, yA);
        atA += 16;
        head = w.get(LONG, atB);
        tail = w.get(LONG, atB + 8);
        bytes = LongVector.broadcast(TWO_LONGS, SixBitScales.scales(head, tail));
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[(int) head & 0xffff]);
        scalesB = ((FloatVector) bytes.reinterpretAsBytes().convertShape(B2F, FLOATS, 0)).mul(d);
        bytes = LongVector.broadcast(TWO_LONGS, SixBitScales.minima(head, tail));
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[(int) (head >>> 16) & 0xffff]);
        yB =
            ((FloatVector) bytes.reinterpretAsBytes().convertShape(B2F, FLOATS, 0))
                .mul(d)
                .fma(xSums, yB);
        atB += 16;
      }
      FloatVector t;
      IntVector bytes;
      IntVector q;
      long xHigh = xAt + GROUP_BYTES;
      bytes = IntVector.fromMemorySegment(INTS, w, atA, ORDER);
      atA += 32;
      t =
          ((FloatVector) bytes.and(PLANE_0).convertShape(I2F, FLOATS, 0))
              .mul(FloatVector.fromMemorySegment(FLOATS, x, xAt, ORDER));
      t =
          ((FloatVector) bytes.and(PLANE_1).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + PLANE_BYTES, ORDER), t);
      t =
          ((FloatVector) bytes.and(PLANE_2).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * PLANE_BYTES, ORDER), t);
      t =
          ((FloatVector) bytes.and(PLANE_3).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * PLANE_BYTES, ORDER), t);
      yA = t.fma(scalesA.rearrange(LANE_0), yA);
      q = bytes.lanewise(LSHR, 4);
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
      yA = t.fma(scalesA.rearrange(LANE_1), yA);
      scalesA = scalesA.rearrange(SECOND_NEXT);
      bytes = IntVector.fromMemorySegment(INTS, w, atB, ORDER);
      atB += 32;
      t =
          ((FloatVector) bytes.and(PLANE_0).convertShape(I2F, FLOATS, 0))
              .mul(FloatVector.fromMemorySegment(FLOATS, x, xAt, ORDER));
      t =
          ((FloatVector) bytes.and(PLANE_1).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + PLANE_BYTES, ORDER), t);
      t =
          ((FloatVector) bytes.and(PLANE_2).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * PLANE_BYTES, ORDER), t);
      t =
          ((FloatVector) bytes.and(PLANE_3).convertShape(I2F, FLOATS, 0))
              .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * PLANE_BYTES, ORDER), t);
      yB = t.fma(scalesB.rearrange(LANE_0), yB);
      q = bytes.lanewise(LSHR, 4);
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
      yB = t.fma(scalesB.rearrange(LANE_1), yB);
      scalesB = scalesB.rearrange(SECOND_NEXT);
      run++;
      xAt += 2 * GROUP_BYTES;
      if (run % 4 == 0) {
        xAt += BLOCK_BYTES - SUMS;
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
