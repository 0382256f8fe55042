package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static org.jgml.cpu.matmul.LanePlanes.BLOCK_BYTES;
import static org.jgml.cpu.matmul.LanePlanes.GROUP_SUMS;
import static org.jgml.cpu.matmul.LanePlanes.SECTION_BYTES;
import static org.jgml.cpu.matmul.LanePlanes.STARTS;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Planes.FLOATS;
import static org.jgml.cpu.matmul.Planes.INTS;
import static org.jgml.cpu.matmul.SixBitScales.FIRST;
import static org.jgml.cpu.matmul.SixBitScales.FIRST_BITS;
import static org.jgml.cpu.matmul.SixBitScales.FIRST_SHIFT;
import static org.jgml.cpu.matmul.SixBitScales.REST;
import static org.jgml.cpu.matmul.SixBitScales.REST_BITS;
import static org.jgml.cpu.matmul.SixBitScales.REST_SHIFT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;

/// Rows of Q4_K times one token in [LanePlanes], in three streams; see [Planes].
///
/// Two nibbles, one of each half of a lane, become floats at once: under an exponent a nibble `n`
/// is the float `16 + n`. The upper half is one where it stands, what follows it being a fraction
/// that [LanePlanes] allows for; the lower half is shifted up.
final class Q4_KPlanes {
  private static final VectorShuffle<Float> GROUPS_0_2 = Planes.halves(0, 2);
  private static final VectorShuffle<Float> GROUPS_1_3 = Planes.halves(1, 3);

  /// Brings the scales of the second half of a block to where those of the first half were.
  private static final VectorShuffle<Float> SECOND_HALF = VectorShuffle.iota(FLOATS, 4, 1, true);

  /// A nibble of each half of a lane, at the top of a mantissa of 7 bits, and the exponent before
  /// it.
  private static final IntVector NIBBLES = IntVector.broadcast(INTS, 0x00780078);

  private static final IntVector EXPONENTS = IntVector.broadcast(INTS, 0x41804180);

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
    for (int i = 0; i < step * halves; i++) {
      long xAt = half / 2 * BLOCK_BYTES;
      long startsAt = xAt + STARTS + half % 2 * 128;
      FloatVector lowStart = FloatVector.fromMemorySegment(FLOATS, x, startsAt, ORDER);
      FloatVector highStart = FloatVector.fromMemorySegment(FLOATS, x, startsAt + 64, ORDER);
      if (half % 2 == 0) {
        FloatVector xSums = FloatVector.fromMemorySegment(FLOATS, x, xAt + GROUP_SUMS, ORDER);
        FloatVector d;
        IntVector head;
        IntVector first;
        IntVector rest;
        int factors;
        head =
            (IntVector)
                IntVector.fromMemorySegment(Lanes.FOUR_INTS, w, atA, ORDER)
                    .reinterpretShape(INTS, 0);
        factors = head.lane(0);
        first = head.rearrange(FIRST).lanewise(LSHR, FIRST_SHIFT).and(FIRST_BITS);
        rest = head.rearrange(REST).lanewise(LSHR, REST_SHIFT).and(REST_BITS);
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[factors & 0xffff]);
        d = d.blend(HalfTable.FLOATS[factors >>> 16], Planes.UPPER);
        scalesA = ((FloatVector) first.or(rest).convertShape(I2F, FLOATS, 0)).mul(d);
        yA = scalesA.fma(xSums, yA);
        atA += 16;
        head =
            (IntVector)
                IntVector.fromMemorySegment(Lanes.FOUR_INTS, w, atB, ORDER)
                    .reinterpretShape(INTS, 0);
        factors = head.lane(0);
        first = head.rearrange(FIRST).lanewise(LSHR, FIRST_SHIFT).and(FIRST_BITS);
        rest = head.rearrange(REST).lanewise(LSHR, REST_SHIFT).and(REST_BITS);
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[factors & 0xffff]);
        d = d.blend(HalfTable.FLOATS[factors >>> 16], Planes.UPPER);
        scalesB = ((FloatVector) first.or(rest).convertShape(I2F, FLOATS, 0)).mul(d);
        yB = scalesB.fma(xSums, yB);
        atB += 16;
        head =
            (IntVector)
                IntVector.fromMemorySegment(Lanes.FOUR_INTS, w, atC, ORDER)
                    .reinterpretShape(INTS, 0);
        factors = head.lane(0);
        first = head.rearrange(FIRST).lanewise(LSHR, FIRST_SHIFT).and(FIRST_BITS);
        rest = head.rearrange(REST).lanewise(LSHR, REST_SHIFT).and(REST_BITS);
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[factors & 0xffff]);
        d = d.blend(HalfTable.FLOATS[factors >>> 16], Planes.UPPER);
        scalesC = ((FloatVector) first.or(rest).convertShape(I2F, FLOATS, 0)).mul(d);
        yC = scalesC.fma(xSums, yC);
        atC += 16;
      } else {
        xAt += 2 * SECTION_BYTES;
        scalesA = scalesA.rearrange(SECOND_HALF);
        scalesB = scalesB.rearrange(SECOND_HALF);
        scalesC = scalesC.rearrange(SECOND_HALF);
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
      bytes = IntVector.fromMemorySegment(INTS, w, atA, ORDER);
      atA += 64;
      q = bytes.lanewise(LSHL, 3).and(NIBBLES).or(EXPONENTS);
      t = q.reinterpretAsFloats().fma(x0, lowStart);
      t = q.lanewise(LSHL, 16).reinterpretAsFloats().fma(x1, t);
      q = bytes.lanewise(LSHR, 5).and(NIBBLES).or(EXPONENTS);
      t = q.reinterpretAsFloats().fma(x2, t);
      t = q.lanewise(LSHL, 16).reinterpretAsFloats().fma(x3, t);
      yA = t.fma(scalesA.rearrange(GROUPS_0_2), yA);
      q = bytes.lanewise(LSHR, 1).and(NIBBLES).or(EXPONENTS);
      t = q.reinterpretAsFloats().fma(x4, highStart);
      t = q.lanewise(LSHL, 16).reinterpretAsFloats().fma(x5, t);
      q = bytes.lanewise(LSHR, 9).and(NIBBLES).or(EXPONENTS);
      t = q.reinterpretAsFloats().fma(x6, t);
      t = q.lanewise(LSHL, 16).reinterpretAsFloats().fma(x7, t);
      yA = t.fma(scalesA.rearrange(GROUPS_1_3), yA);
      bytes = IntVector.fromMemorySegment(INTS, w, atB, ORDER);
      atB += 64;
      q = bytes.lanewise(LSHL, 3).and(NIBBLES).or(EXPONENTS);
      t = q.reinterpretAsFloats().fma(x0, lowStart);
      t = q.lanewise(LSHL, 16).reinterpretAsFloats().fma(x1, t);
      q = bytes.lanewise(LSHR, 5).and(NIBBLES).or(EXPONENTS);
      t = q.reinterpretAsFloats().fma(x2, t);
      t = q.lanewise(LSHL, 16).reinterpretAsFloats().fma(x3, t);
      yB = t.fma(scalesB.rearrange(GROUPS_0_2), yB);
      q = bytes.lanewise(LSHR, 1).and(NIBBLES).or(EXPONENTS);
      t = q.reinterpretAsFloats().fma(x4, highStart);
      t = q.lanewise(LSHL, 16).reinterpretAsFloats().fma(x5, t);
      q = bytes.lanewise(LSHR, 9).and(NIBBLES).or(EXPONENTS);
      t = q.reinterpretAsFloats().fma(x6, t);
      t = q.lanewise(LSHL, 16).reinterpretAsFloats().fma(x7, t);
      yB = t.fma(scalesB.rearrange(GROUPS_1_3), yB);
      bytes = IntVector.fromMemorySegment(INTS, w, atC, ORDER);
      atC += 64;
      q = bytes.lanewise(LSHL, 3).and(NIBBLES).or(EXPONENTS);
      t = q.reinterpretAsFloats().fma(x0, lowStart);
      t = q.lanewise(LSHL, 16).reinterpretAsFloats().fma(x1, t);
      q = bytes.lanewise(LSHR, 5).and(NIBBLES).or(EXPONENTS);
      t = q.reinterpretAsFloats().fma(x2, t);
      t = q.lanewise(LSHL, 16).reinterpretAsFloats().fma(x3, t);
      yC = t.fma(scalesC.rearrange(GROUPS_0_2), yC);
      q = bytes.lanewise(LSHR, 1).and(NIBBLES).or(EXPONENTS);
      t = q.reinterpretAsFloats().fma(x4, highStart);
      t = q.lanewise(LSHL, 16).reinterpretAsFloats().fma(x5, t);
      q = bytes.lanewise(LSHR, 9).and(NIBBLES).or(EXPONENTS);
      t = q.reinterpretAsFloats().fma(x6, t);
      t = q.lanewise(LSHL, 16).reinterpretAsFloats().fma(x7, t);
      yC = t.fma(scalesC.rearrange(GROUPS_1_3), yC);
      half++;
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
