package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.I2F;
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

  /// Scales and minima are unpacked to the end of where their block is wanted, so that each is read
  /// before it is overwritten.
  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int i = 0; i < elements / 256; i++) {
      long block = offset + i * 144L;
      long to = yOffset + i * 1024L;
      SixBitScales.unpack(w, block, y, to + 960, to + 992);
      dequantisePair(w, block + 16, y, to, to + 960);
      dequantisePair(w, block + 48, y, to + 256, to + 968);
      dequantisePair(w, block + 80, y, to + 512, to + 976);
      dequantisePair(w, block + 112, y, to + 768, to + 984);
    }
  }

  private static void dequantisePair(
      MemorySegment w, long nibbles, MemorySegment y, long to, long scales) {
    float scale0 = y.get(FLOAT, scales);
    float scale1 = y.get(FLOAT, scales + 4);
    float minimum0 = y.get(FLOAT, scales + 32);
    float minimum1 = y.get(FLOAT, scales + 36);
    for (int j = 0; j < 32; j += COUNT) {
      IntVector q =
          (IntVector)
              ByteVector.fromMemorySegment(NARROW_BYTES, w, nibbles + j, ORDER)
                  .convertShape(ZERO_EXTEND_B2I, INTS, 0);
      ((FloatVector) q.and(NIBBLE).convert(I2F, 0))
          .fma(FloatVector.broadcast(FLOATS, scale0), FloatVector.broadcast(FLOATS, -minimum0))
          .intoMemorySegment(y, to + 4 * j, ORDER);
      ((FloatVector) q.lanewise(LSHR, 4).convert(I2F, 0))
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
      SixBitScales.unpack(w, block, row, SCALES + 32L * i, MINIMA + 32L * i);
    }
  }

  @Override
  public LanePlanes.Order order() {
    return LanePlanes.Order.NIBBLES;
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
    Q4_KPlanes.multiply(w, offset, rowBytes, rows, k, x, sums);
  }
}
