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
/// Low nibbles are elements 0 to 15, high nibbles 16 to 31. A whole byte is `16 high + low`, so
/// where it is multiplied with a sixteenth of the high element's activation, the low nibble is left
/// with the difference of both: no high nibble is ever cut out.
final class Q4_0Weights implements WeightFormat {
  private static final IntVector NIBBLE = IntVector.broadcast(INTS, 15);

  private static final FloatVector SIXTEENTH = FloatVector.broadcast(FLOATS, 1 / 16f);

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
    int step = (rows + 7) / 8;
    for (int rowA = 0; rowA < step; rowA++) {
      int rowB = Math.min(rowA + step, rows - 1);
      int rowC = Math.min(rowA + 2 * step, rows - 1);
      int rowD = Math.min(rowA + 3 * step, rows - 1);
      int rowE = Math.min(rowA + 4 * step, rows - 1);
      int rowF = Math.min(rowA + 5 * step, rows - 1);
      int rowG = Math.min(rowA + 6 * step, rows - 1);
      int rowH = Math.min(rowA + 7 * step, rows - 1);
      FloatVector yA = FloatVector.zero(FLOATS);
      FloatVector yB = FloatVector.zero(FLOATS);
      FloatVector yC = FloatVector.zero(FLOATS);
      FloatVector yD = FloatVector.zero(FLOATS);
      FloatVector yE = FloatVector.zero(FLOATS);
      FloatVector yF = FloatVector.zero(FLOATS);
      FloatVector yG = FloatVector.zero(FLOATS);
      FloatVector yH = FloatVector.zero(FLOATS);
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
        long wE = offset + rowE * rowBytes + i * 18L;
        FloatVector tE = offsets;
        long wF = offset + rowF * rowBytes + i * 18L;
        FloatVector tF = offsets;
        long wG = offset + rowG * rowBytes + i * 18L;
        FloatVector tG = offsets;
        long wH = offset + rowH * rowBytes + i * 18L;
        FloatVector tH = offsets;
        for (int j = 0; j < 16; j += COUNT) {
          FloatVector xHigh =
              FloatVector.fromMemorySegment(FLOATS, x, i * 128L + 64 + 4 * j, ORDER).mul(SIXTEENTH);
          FloatVector xLow =
              FloatVector.fromMemorySegment(FLOATS, x, i * 128L + 4 * j, ORDER).sub(xHigh);
          IntVector qA =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, wA + 2 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          tA = ((FloatVector) qA.convert(I2F, 0)).fma(xHigh, tA);
          tA = ((FloatVector) qA.and(NIBBLE).convert(I2F, 0)).fma(xLow, tA);
          IntVector qB =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, wB + 2 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          tB = ((FloatVector) qB.convert(I2F, 0)).fma(xHigh, tB);
          tB = ((FloatVector) qB.and(NIBBLE).convert(I2F, 0)).fma(xLow, tB);
          IntVector qC =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, wC + 2 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          tC = ((FloatVector) qC.convert(I2F, 0)).fma(xHigh, tC);
          tC = ((FloatVector) qC.and(NIBBLE).convert(I2F, 0)).fma(xLow, tC);
          IntVector qD =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, wD + 2 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          tD = ((FloatVector) qD.convert(I2F, 0)).fma(xHigh, tD);
          tD = ((FloatVector) qD.and(NIBBLE).convert(I2F, 0)).fma(xLow, tD);
          IntVector qE =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, wE + 2 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          tE = ((FloatVector) qE.convert(I2F, 0)).fma(xHigh, tE);
          tE = ((FloatVector) qE.and(NIBBLE).convert(I2F, 0)).fma(xLow, tE);
          IntVector qF =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, wF + 2 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          tF = ((FloatVector) qF.convert(I2F, 0)).fma(xHigh, tF);
          tF = ((FloatVector) qF.and(NIBBLE).convert(I2F, 0)).fma(xLow, tF);
          IntVector qG =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, wG + 2 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          tG = ((FloatVector) qG.convert(I2F, 0)).fma(xHigh, tG);
          tG = ((FloatVector) qG.and(NIBBLE).convert(I2F, 0)).fma(xLow, tG);
          IntVector qH =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, wH + 2 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          tH = ((FloatVector) qH.convert(I2F, 0)).fma(xHigh, tH);
          tH = ((FloatVector) qH.and(NIBBLE).convert(I2F, 0)).fma(xLow, tH);
        }
        yA = tA.fma(FloatVector.broadcast(FLOATS, Float.float16ToFloat(w.get(SHORT, wA))), yA);
        yB = tB.fma(FloatVector.broadcast(FLOATS, Float.float16ToFloat(w.get(SHORT, wB))), yB);
        yC = tC.fma(FloatVector.broadcast(FLOATS, Float.float16ToFloat(w.get(SHORT, wC))), yC);
        yD = tD.fma(FloatVector.broadcast(FLOATS, Float.float16ToFloat(w.get(SHORT, wD))), yD);
        yE = tE.fma(FloatVector.broadcast(FLOATS, Float.float16ToFloat(w.get(SHORT, wE))), yE);
        yF = tF.fma(FloatVector.broadcast(FLOATS, Float.float16ToFloat(w.get(SHORT, wF))), yF);
        yG = tG.fma(FloatVector.broadcast(FLOATS, Float.float16ToFloat(w.get(SHORT, wG))), yG);
        yH = tH.fma(FloatVector.broadcast(FLOATS, Float.float16ToFloat(w.get(SHORT, wH))), yH);
      }
      yA.intoMemorySegment(sums, LaneSums.offset(rowA), ORDER);
      yB.intoMemorySegment(sums, LaneSums.offset(rowB), ORDER);
      yC.intoMemorySegment(sums, LaneSums.offset(rowC), ORDER);
      yD.intoMemorySegment(sums, LaneSums.offset(rowD), ORDER);
      yE.intoMemorySegment(sums, LaneSums.offset(rowE), ORDER);
      yF.intoMemorySegment(sums, LaneSums.offset(rowF), ORDER);
      yG.intoMemorySegment(sums, LaneSums.offset(rowG), ORDER);
      yH.intoMemorySegment(sums, LaneSums.offset(rowH), ORDER);
    }
  }
}
