package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.INTS;
import static org.jgml.cpu.matmul.Lanes.NARROW_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Lanes.SHORT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 32: an F16 scale `d` and 16 bytes of nibbles; a weight is `d * (q - 8)`.
///
/// Low nibbles are elements 0 to 15, high nibbles 16 to 31.
final class Q4_0Weights implements WeightFormat {
  private static final IntVector NIBBLE = IntVector.broadcast(INTS, 15);

  /// What a lane adds, for each of the activations of a block, since nibbles are 8 too large.
  private static final float OFFSET_OF_LANE = -8f / COUNT;

  @Override
  public DataType type() {
    return DataType.Q4_0;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int i = 0; i < elements / 32; i++) {
      long block = offset + i * 18L;
      long to = yOffset + i * 128L;
      float d = Float.float16ToFloat(w.get(SHORT, block));
      for (int j = 0; j < 16; j += COUNT) {
        IntVector q =
            (IntVector)
                ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 2 + j, ORDER)
                    .convertShape(ZERO_EXTEND_B2I, INTS, 0);
        ((FloatVector) q.and(15).sub(8).convert(I2F, 0))
            .mul(d)
            .intoMemorySegment(y, to + 4 * j, ORDER);
        ((FloatVector) q.lanewise(LSHR, 4).sub(8).convert(I2F, 0))
            .mul(d)
            .intoMemorySegment(y, to + 64 + 4 * j, ORDER);
      }
    }
  }

  @Override
  public void multiply(
      MemorySegment w,
      long offset,
      long rowBytes,
      int rows,
      int k,
      MemorySegment x,
      MemorySegment sums) {
    long sumsAt = TokenSums.thirtyTwos(k);
    int step = (rows + 3) / 4;
    for (int rowA = 0; rowA < step; rowA++) {
      int rowB = Math.min(rowA + step, rows - 1);
      int rowC = Math.min(rowA + 2 * step, rows - 1);
      int rowD = Math.min(rowA + 3 * step, rows - 1);
      FloatVector yA = FloatVector.zero(FLOATS);
      FloatVector yB = FloatVector.zero(FLOATS);
      FloatVector yC = FloatVector.zero(FLOATS);
      FloatVector yD = FloatVector.zero(FLOATS);
      for (int i = 0; i < k / 32; i++) {
        FloatVector offsets =
            FloatVector.broadcast(FLOATS, x.get(FLOAT, sumsAt + 4L * i) * OFFSET_OF_LANE);
        long wA = offset + rowA * rowBytes + i * 18L;
        FloatVector tA = offsets;
        long wB = offset + rowB * rowBytes + i * 18L;
        FloatVector tB = offsets;
        long wC = offset + rowC * rowBytes + i * 18L;
        FloatVector tC = offsets;
        long wD = offset + rowD * rowBytes + i * 18L;
        FloatVector tD = offsets;
        for (int j = 0; j < 16; j += COUNT) {
          FloatVector low = FloatVector.fromMemorySegment(FLOATS, x, i * 128L + 4 * j, ORDER);
          FloatVector high = FloatVector.fromMemorySegment(FLOATS, x, i * 128L + 64 + 4 * j, ORDER);
          IntVector qA =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, wA + 2 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          tA = ((FloatVector) qA.and(NIBBLE).convert(I2F, 0)).fma(low, tA);
          tA = ((FloatVector) qA.lanewise(LSHR, 4).convert(I2F, 0)).fma(high, tA);
          IntVector qB =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, wB + 2 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          tB = ((FloatVector) qB.and(NIBBLE).convert(I2F, 0)).fma(low, tB);
          tB = ((FloatVector) qB.lanewise(LSHR, 4).convert(I2F, 0)).fma(high, tB);
          IntVector qC =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, wC + 2 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          tC = ((FloatVector) qC.and(NIBBLE).convert(I2F, 0)).fma(low, tC);
          tC = ((FloatVector) qC.lanewise(LSHR, 4).convert(I2F, 0)).fma(high, tC);
          IntVector qD =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, wD + 2 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          tD = ((FloatVector) qD.and(NIBBLE).convert(I2F, 0)).fma(low, tD);
          tD = ((FloatVector) qD.lanewise(LSHR, 4).convert(I2F, 0)).fma(high, tD);
        }
        float dA = Float.float16ToFloat(w.get(SHORT, wA));
        yA = tA.fma(FloatVector.broadcast(FLOATS, dA), yA);
        float dB = Float.float16ToFloat(w.get(SHORT, wB));
        yB = tB.fma(FloatVector.broadcast(FLOATS, dB), yB);
        float dC = Float.float16ToFloat(w.get(SHORT, wC));
        yC = tC.fma(FloatVector.broadcast(FLOATS, dC), yC);
        float dD = Float.float16ToFloat(w.get(SHORT, wD));
        yD = tD.fma(FloatVector.broadcast(FLOATS, dD), yD);
      }
      yA.intoMemorySegment(sums, LaneSums.offset(rowA), ORDER);
      yB.intoMemorySegment(sums, LaneSums.offset(rowB), ORDER);
      yC.intoMemorySegment(sums, LaneSums.offset(rowC), ORDER);
      yD.intoMemorySegment(sums, LaneSums.offset(rowD), ORDER);
    }
  }
}
