package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.EIGHT_FLOATS;
import static org.jgml.cpu.matmul.Lanes.EIGHT_INTS;
import static org.jgml.cpu.matmul.Lanes.INTS;
import static org.jgml.cpu.matmul.Lanes.NARROW_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Lanes.SHORT;
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
  @Override
  public DataType type() {
    return DataType.Q5_K;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int i = 0; i < elements / 256; i++) {
      long block = offset + i * 176L;
      long to = yOffset + i * 1024L;
      float d = Float.float16ToFloat(w.get(SHORT, block));
      float dmin = Float.float16ToFloat(w.get(SHORT, block + 2));
      long head = w.get(Lanes.LONG, block);
      long tail = w.get(Lanes.LONG, block + 8);
      long scales = SixBitScales.scales(head, tail);
      long minima = SixBitScales.minima(head, tail);
      for (int p = 0; p < 4; p++) {
        float scale0 = d * (int) (scales >> 16 * p & 63);
        float scale1 = d * (int) (scales >> 16 * p + 8 & 63);
        float minimum0 = dmin * (int) (minima >> 16 * p & 63);
        float minimum1 = dmin * (int) (minima >> 16 * p + 8 & 63);
        for (int j = 0; j < 32; j += COUNT) {
          IntVector q =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 48 + 32 * p + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          IntVector h =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 16 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          h = h.lanewise(LSHL, 4).lanewise(LSHR, 2 * p);
          ((FloatVector) q.and(15).or(h.and(16)).convert(I2F, 0))
              .mul(scale0)
              .sub(minimum0)
              .intoMemorySegment(y, to + 256 * p + 4 * j, ORDER);
          ((FloatVector) q.lanewise(LSHR, 4).or(h.lanewise(LSHR, 1).and(16)).convert(I2F, 0))
              .mul(scale1)
              .sub(minimum1)
              .intoMemorySegment(y, to + 256 * p + 128 + 4 * j, ORDER);
        }
      }
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
      long head = w.get(Lanes.LONG, block);
      long tail = w.get(Lanes.LONG, block + 8);
      long scaleBytes = SixBitScales.scales(head, tail);
      long minimumBytes = SixBitScales.minima(head, tail);
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
      FloatVector scales =
          (FloatVector)
              LongVector.broadcast(LongVector.SPECIES_128, scaleBytes)
                  .reinterpretAsBytes()
                  .convertShape(B2F, EIGHT_FLOATS, 0);
      scales
          .mul(Float.float16ToFloat(w.get(SHORT, block)))
          .intoMemorySegment(row, SCALES + 32L * i, ORDER);
      FloatVector minima =
          (FloatVector)
              LongVector.broadcast(LongVector.SPECIES_128, minimumBytes)
                  .reinterpretAsBytes()
                  .convertShape(B2F, EIGHT_FLOATS, 0);
      minima
          .mul(Float.float16ToFloat(w.get(SHORT, block + 2)))
          .intoMemorySegment(row, MINIMA + 32L * i, ORDER);
    }
  }

  @Override
  public LanePlanes.Order order() {
    return LanePlanes.Order.GROUPS;
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
    Q5_KPlanes.multiply(w, offset, rowBytes, rows, k, x, sums);
  }
}
