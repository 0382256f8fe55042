package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static org.jgml.cpu.matmul.GroupFactors.LANE_0;
import static org.jgml.cpu.matmul.GroupFactors.LANE_1;
import static org.jgml.cpu.matmul.GroupFactors.SECOND_NEXT;
import static org.jgml.cpu.matmul.GroupFactors.TWO_LONGS;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.EIGHT_INTS;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.INTS;
import static org.jgml.cpu.matmul.Lanes.LONG;
import static org.jgml.cpu.matmul.Lanes.NARROW_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.UnpackedRow.MINIMA;
import static org.jgml.cpu.matmul.UnpackedRow.SCALES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 256 in 8 groups of 32: as Q4_K, with 32 bytes of fifth bits before the nibbles.
///
/// Bit `g` of byte `i` is the fifth bit of weight `i` of group `g`.
final class Q5_KWeights implements PackedFormat, PlanarFormat {
  private static final IntVector NIBBLE = IntVector.broadcast(INTS, 15);
  private static final IntVector FIFTH = IntVector.broadcast(INTS, 16);

  @Override
  public DataType type() {
    return DataType.Q5_K;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    dequantisePair(w, offset, offset, elements, y, yOffset, yOffset);
  }

  @Override
  public void dequantisePair(
      MemorySegment w, long atA, long atB, int elements, MemorySegment y, long yAtA, long yAtB) {
    FloatVector scalesA = FloatVector.zero(FLOATS), minimaA = scalesA;
    FloatVector scalesB = scalesA, minimaB = scalesA;
    long at = 0;
    long fifthsAt = 0;
    for (int pair = 0; pair < elements / 64; pair++) {
      if (pair % 4 == 0) {
        long head;
        long tail;
        head = w.get(LONG, atA + at);
        tail = w.get(LONG, atA + at + 8);
        scalesA =
            ((FloatVector)
                    LongVector.broadcast(TWO_LONGS, SixBitScales.scales(head, tail))
                        .reinterpretAsBytes()
                        .convertShape(B2F, FLOATS, 0))
                .mul(Float.float16ToFloat((short) head));
        minimaA =
            ((FloatVector)
                    LongVector.broadcast(TWO_LONGS, SixBitScales.minima(head, tail))
                        .reinterpretAsBytes()
                        .convertShape(B2F, FLOATS, 0))
                .mul(-Float.float16ToFloat((short) (head >>> 16)));
        head = w.get(LONG, atB + at);
        tail = w.get(LONG, atB + at + 8);
        scalesB =
            ((FloatVector)
                    LongVector.broadcast(TWO_LONGS, SixBitScales.scales(head, tail))
                        .reinterpretAsBytes()
                        .convertShape(B2F, FLOATS, 0))
                .mul(Float.float16ToFloat((short) head));
        minimaB =
            ((FloatVector)
                    LongVector.broadcast(TWO_LONGS, SixBitScales.minima(head, tail))
                        .reinterpretAsBytes()
                        .convertShape(B2F, FLOATS, 0))
                .mul(-Float.float16ToFloat((short) (head >>> 16)));
        fifthsAt = at + 16;
        at += 48;
      }
      int shift = 2 * (pair % 4);
      long to;
      FloatVector low;
      FloatVector lowMinimum;
      FloatVector high;
      FloatVector highMinimum;
      to = yAtA + pair * 256L;
      low = scalesA.rearrange(LANE_0);
      lowMinimum = minimaA.rearrange(LANE_0);
      high = scalesA.rearrange(LANE_1);
      highMinimum = minimaA.rearrange(LANE_1);
      scalesA = scalesA.rearrange(SECOND_NEXT);
      minimaA = minimaA.rearrange(SECOND_NEXT);
      for (int j = 0; j < 32; j += COUNT) {
        IntVector q =
            (IntVector)
                ByteVector.fromMemorySegment(NARROW_BYTES, w, atA + at + j, ORDER)
                    .convertShape(ZERO_EXTEND_B2I, INTS, 0);
        IntVector fifths =
            ((IntVector)
                    ByteVector.fromMemorySegment(NARROW_BYTES, w, atA + fifthsAt + j, ORDER)
                        .convertShape(ZERO_EXTEND_B2I, INTS, 0))
                .lanewise(LSHL, 4)
                .lanewise(LSHR, shift);
        ((FloatVector) q.and(NIBBLE).or(fifths.and(FIFTH)).convertShape(I2F, FLOATS, 0))
            .fma(low, lowMinimum)
            .intoMemorySegment(y, to + 4 * j, ORDER);
        ((FloatVector)
                q.lanewise(LSHR, 4)
                    .or(fifths.lanewise(LSHR, 1).and(FIFTH))
                    .convertShape(I2F, FLOATS, 0))
            .fma(high, highMinimum)
            .intoMemorySegment(y, to + 128 + 4 * j, ORDER);
      }
      to = yAtB + pair * 256L;
      low = scalesB.rearrange(LANE_0);
      lowMinimum = minimaB.rearrange(LANE_0);
      high = scalesB.rearrange(LANE_1);
      highMinimum = minimaB.rearrange(LANE_1);
      scalesB = scalesB.rearrange(SECOND_NEXT);
      minimaB = minimaB.rearrange(SECOND_NEXT);
      for (int j = 0; j < 32; j += COUNT) {
        IntVector q =
            (IntVector)
                ByteVector.fromMemorySegment(NARROW_BYTES, w, atB + at + j, ORDER)
                    .convertShape(ZERO_EXTEND_B2I, INTS, 0);
        IntVector fifths =
            ((IntVector)
                    ByteVector.fromMemorySegment(NARROW_BYTES, w, atB + fifthsAt + j, ORDER)
                        .convertShape(ZERO_EXTEND_B2I, INTS, 0))
                .lanewise(LSHL, 4)
                .lanewise(LSHR, shift);
        ((FloatVector) q.and(NIBBLE).or(fifths.and(FIFTH)).convertShape(I2F, FLOATS, 0))
            .fma(low, lowMinimum)
            .intoMemorySegment(y, to + 4 * j, ORDER);
        ((FloatVector)
                q.lanewise(LSHR, 4)
                    .or(fifths.lanewise(LSHR, 1).and(FIFTH))
                    .convertShape(I2F, FLOATS, 0))
            .fma(high, highMinimum)
            .intoMemorySegment(y, to + 128 + 4 * j, ORDER);
      }
      at += 32;
    }
  }

  @Override
  public int groupElements() {
    return 32;
  }

  @Override
  public boolean hasMinima() {
    return true;
  }

  @Override
  public void unpack(MemorySegment w, long offset, int elements, MemorySegment row) {
    IntVector nibble = IntVector.broadcast(EIGHT_INTS, 0x0f0f0f0f);
    IntVector fifth = IntVector.broadcast(EIGHT_INTS, 0x10101010);
    for (int i = 0; i < elements / 256; i++) {
      long block = offset + i * 176L;
      long quants = i * 256L;
      IntVector fifths = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 16, ORDER);
      IntVector q0 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 48, ORDER);
      q0.and(nibble).or(fifths.lanewise(LSHL, 4).and(fifth)).intoMemorySegment(row, quants, ORDER);
      q0.lanewise(LSHR, 4)
          .and(nibble)
          .or(fifths.lanewise(LSHL, 3).and(fifth))
          .intoMemorySegment(row, quants + 32, ORDER);
      IntVector q1 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 80, ORDER);
      q1.and(nibble)
          .or(fifths.lanewise(LSHL, 2).and(fifth))
          .intoMemorySegment(row, quants + 64, ORDER);
      q1.lanewise(LSHR, 4)
          .and(nibble)
          .or(fifths.lanewise(LSHL, 1).and(fifth))
          .intoMemorySegment(row, quants + 96, ORDER);
      IntVector q2 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 112, ORDER);
      q2.and(nibble).or(fifths.and(fifth)).intoMemorySegment(row, quants + 128, ORDER);
      q2.lanewise(LSHR, 4)
          .and(nibble)
          .or(fifths.lanewise(LSHR, 1).and(fifth))
          .intoMemorySegment(row, quants + 160, ORDER);
      IntVector q3 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 144, ORDER);
      q3.and(nibble)
          .or(fifths.lanewise(LSHR, 2).and(fifth))
          .intoMemorySegment(row, quants + 192, ORDER);
      q3.lanewise(LSHR, 4)
          .and(nibble)
          .or(fifths.lanewise(LSHR, 3).and(fifth))
          .intoMemorySegment(row, quants + 224, ORDER);
      SixBitScales.store(w, block, row, SCALES + 32L * i, MINIMA + 32L * i);
    }
  }

  @Override
  public ActivationOrder order() {
    return COUNT == 16 ? LanePlanes.Order.GROUPS : NarrowPlanes.THIRTY_TWOS;
  }

  @Override
  public void multiplyPlanes(
      MemorySegment w,
      long offset,
      long rowBytes,
      int rows,
      int k,
      MemorySegment x,
      MemorySegment sums) {
    if (COUNT == 16) {
      Q5_KPlanes.multiply(w, offset, rowBytes, rows, k, x, sums);
    } else {
      Q5_KNarrowPlanes.multiply(w, offset, rowBytes, rows, k, x, sums);
    }
  }
}
