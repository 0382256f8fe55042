package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.I2F;
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

/// Blocks of 256 in 8 groups of 32: F16 `d` and `dmin`, packed 6-bit scales and minima, nibbles.
///
/// A weight is `d * scale * q - dmin * minimum`. Of 32 bytes the low nibbles are the even group,
/// the high nibbles the odd one.
final class Q4_KWeights implements PackedFormat, PlanarFormat {
  private static final IntVector NIBBLE = IntVector.broadcast(INTS, 15);

  @Override
  public DataType type() {
    return DataType.Q4_K;
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
        at += 16;
      }
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
        ((FloatVector) q.and(NIBBLE).convertShape(I2F, FLOATS, 0))
            .fma(low, lowMinimum)
            .intoMemorySegment(y, to + 4 * j, ORDER);
        ((FloatVector) q.lanewise(LSHR, 4).convertShape(I2F, FLOATS, 0))
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
        ((FloatVector) q.and(NIBBLE).convertShape(I2F, FLOATS, 0))
            .fma(low, lowMinimum)
            .intoMemorySegment(y, to + 4 * j, ORDER);
        ((FloatVector) q.lanewise(LSHR, 4).convertShape(I2F, FLOATS, 0))
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
    for (int i = 0; i < elements / 256; i++) {
      long block = offset + i * 144L;
      long quants = i * 256L;
      IntVector q0 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 16, ORDER);
      q0.and(nibble).intoMemorySegment(row, quants, ORDER);
      q0.lanewise(LSHR, 4).and(nibble).intoMemorySegment(row, quants + 32, ORDER);
      IntVector q1 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 48, ORDER);
      q1.and(nibble).intoMemorySegment(row, quants + 64, ORDER);
      q1.lanewise(LSHR, 4).and(nibble).intoMemorySegment(row, quants + 96, ORDER);
      IntVector q2 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 80, ORDER);
      q2.and(nibble).intoMemorySegment(row, quants + 128, ORDER);
      q2.lanewise(LSHR, 4).and(nibble).intoMemorySegment(row, quants + 160, ORDER);
      IntVector q3 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 112, ORDER);
      q3.and(nibble).intoMemorySegment(row, quants + 192, ORDER);
      q3.lanewise(LSHR, 4).and(nibble).intoMemorySegment(row, quants + 224, ORDER);
      SixBitScales.store(w, block, row, SCALES + 32L * i, MINIMA + 32L * i);
    }
  }

  @Override
  public ActivationOrder order() {
    return COUNT == 16 ? LanePlanes.Order.NIBBLES : NarrowPlanes.THIRTY_TWOS;
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
      Q4_KPlanes.multiply(w, offset, rowBytes, rows, k, x, sums);
    } else {
      Q4_KNarrowPlanes.multiply(w, offset, rowBytes, rows, k, x, sums);
    }
  }
}
