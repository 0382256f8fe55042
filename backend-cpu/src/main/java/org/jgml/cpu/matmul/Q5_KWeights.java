package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.EIGHT_INTS;
import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.INTS;
import static org.jgml.cpu.matmul.Lanes.NARROW_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.UnpackedRow.MINIMA;
import static org.jgml.cpu.matmul.UnpackedRow.SCALES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
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

  /// Scales and minima are unpacked to the end of where their block is wanted, so that each is read
  /// before it is overwritten.
  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int i = 0; i < elements / 256; i++) {
      long block = offset + i * 176L;
      long to = yOffset + i * 1024L;
      SixBitScales.unpack(w, block, y, to + 960, to + 992);
      dequantisePair(w, block, 0, y, to, to + 960);
      dequantisePair(w, block, 1, y, to + 256, to + 968);
      dequantisePair(w, block, 2, y, to + 512, to + 976);
      dequantisePair(w, block, 3, y, to + 768, to + 984);
    }
  }

  private static void dequantisePair(
      MemorySegment w, long block, int pair, MemorySegment y, long to, long scales) {
    float scale0 = y.get(FLOAT, scales);
    float scale1 = y.get(FLOAT, scales + 4);
    float minimum0 = y.get(FLOAT, scales + 32);
    float minimum1 = y.get(FLOAT, scales + 36);
    for (int j = 0; j < 32; j += COUNT) {
      IntVector q =
          (IntVector)
              ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 48 + 32 * pair + j, ORDER)
                  .convertShape(ZERO_EXTEND_B2I, INTS, 0);
      IntVector fifths =
          ((IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 16 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0))
              .lanewise(LSHL, 4)
              .lanewise(LSHR, 2 * pair);
      ((FloatVector) q.and(NIBBLE).or(fifths.and(FIFTH)).convert(I2F, 0))
          .fma(FloatVector.broadcast(FLOATS, scale0), FloatVector.broadcast(FLOATS, -minimum0))
          .intoMemorySegment(y, to + 4 * j, ORDER);
      ((FloatVector) q.lanewise(LSHR, 4).or(fifths.lanewise(LSHR, 1).and(FIFTH)).convert(I2F, 0))
          .fma(FloatVector.broadcast(FLOATS, scale1), FloatVector.broadcast(FLOATS, -minimum1))
          .intoMemorySegment(y, to + 128 + 4 * j, ORDER);
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
      SixBitScales.unpack(w, block, row, SCALES + 32L * i, MINIMA + 32L * i);
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
