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
///
/// Eight rows that lie an eighth of all rows apart go in step: eight streams for the prefetcher of
/// the first cache. One loop runs over the blocks of them all, since entering a loop costs as much
/// as several blocks.
final class Q4_0Weights implements WeightFormat {
  private static final IntVector NIBBLE = IntVector.broadcast(INTS, 15);

  private static final FloatVector SIXTEENTH = FloatVector.broadcast(FLOATS, 1 / 16f);

  /// What a pass over a block adds in each of 16 lanes, times the sum of the activations, since
  /// nibbles are 8 too large; with fewer lanes there are as many more passes.
  private static final float OFFSET_OF_LANE = -8f / 16;

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
  public void dequantisePair(
      MemorySegment w, long atA, long atB, int elements, MemorySegment y, long yAtA, long yAtB) {
    for (int i = 0; i < elements / 32; i++) {
      for (int row = 0; row < 2; row++) {
        long block = (row == 0 ? atA : atB) + i * 18L;
        long to = (row == 0 ? yAtA : yAtB) + i * 128L;
        float d = Float.float16ToFloat(w.get(SHORT, block));
        for (int j = 0; j < 16; j += COUNT) {
          IntVector q =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 2 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          ((FloatVector) q.and(NIBBLE).sub(8).convertShape(I2F, FLOATS, 0))
              .mul(d)
              .intoMemorySegment(y, to + 4 * j, ORDER);
          ((FloatVector) q.lanewise(LSHR, 4).sub(8).convertShape(I2F, FLOATS, 0))
              .mul(d)
              .intoMemorySegment(y, to + 64 + 4 * j, ORDER);
        }
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
    int blocks = k / 32;
    int step = (rows + 7) / 8;
    int last = rows - step;
    int row = 0;
    int block = 0;
    long sumsAt = TokenSums.thirtyTwos(k);
    FloatVector yA = FloatVector.zero(FLOATS);
    int rowB = Math.min(step, last);
    long atB = offset + rowB * rowBytes;
    FloatVector yB = FloatVector.zero(FLOATS);
    int rowC = Math.min(2 * step, last);
    long atC = offset + rowC * rowBytes;
    FloatVector yC = FloatVector.zero(FLOATS);
    int rowD = Math.min(3 * step, last);
    long atD = offset + rowD * rowBytes;
    FloatVector yD = FloatVector.zero(FLOATS);
    int rowE = Math.min(4 * step, last);
    long atE = offset + rowE * rowBytes;
    FloatVector yE = FloatVector.zero(FLOATS);
    int rowF = Math.min(5 * step, last);
    long atF = offset + rowF * rowBytes;
    FloatVector yF = FloatVector.zero(FLOATS);
    int rowG = Math.min(6 * step, last);
    long atG = offset + rowG * rowBytes;
    FloatVector yG = FloatVector.zero(FLOATS);
    int rowH = Math.min(7 * step, last);
    long atH = offset + rowH * rowBytes;
    FloatVector yH = FloatVector.zero(FLOATS);
    for (int i = 0; i < step * blocks; i++) {
      float offsetOfLane = x.get(FLOAT, sumsAt + 4L * block) * OFFSET_OF_LANE;
      FloatVector offsets = FloatVector.broadcast(FLOATS, offsetOfLane);
      for (int j = 0; j < 16; j += COUNT) {
        long xAt = block * 128L + 4 * j;
        FloatVector xHigh =
            FloatVector.fromMemorySegment(FLOATS, x, xAt + 64, ORDER).mul(SIXTEENTH);
        FloatVector xLow = FloatVector.fromMemorySegment(FLOATS, x, xAt, ORDER).sub(xHigh);
        FloatVector d;
        FloatVector t;
        ByteVector bytes;
        IntVector q;
        bytes = ByteVector.fromMemorySegment(NARROW_BYTES, w, offset + i * 18L + 2 + j, ORDER);
        q = (IntVector) bytes.convertShape(ZERO_EXTEND_B2I, INTS, 0);
        d =
            FloatVector.broadcast(
                FLOATS, HalfTable.FLOATS[w.get(SHORT, offset + i * 18L) & 0xffff]);
        t = ((FloatVector) q.convertShape(I2F, FLOATS, 0)).fma(xHigh, offsets);
        t = ((FloatVector) q.and(NIBBLE).convertShape(I2F, FLOATS, 0)).fma(xLow, t);
        yA = t.fma(d, yA);
        bytes = ByteVector.fromMemorySegment(NARROW_BYTES, w, atB + i * 18L + 2 + j, ORDER);
        q = (IntVector) bytes.convertShape(ZERO_EXTEND_B2I, INTS, 0);
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[w.get(SHORT, atB + i * 18L) & 0xffff]);
        t = ((FloatVector) q.convertShape(I2F, FLOATS, 0)).fma(xHigh, offsets);
        t = ((FloatVector) q.and(NIBBLE).convertShape(I2F, FLOATS, 0)).fma(xLow, t);
        yB = t.fma(d, yB);
        bytes = ByteVector.fromMemorySegment(NARROW_BYTES, w, atC + i * 18L + 2 + j, ORDER);
        q = (IntVector) bytes.convertShape(ZERO_EXTEND_B2I, INTS, 0);
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[w.get(SHORT, atC + i * 18L) & 0xffff]);
        t = ((FloatVector) q.convertShape(I2F, FLOATS, 0)).fma(xHigh, offsets);
        t = ((FloatVector) q.and(NIBBLE).convertShape(I2F, FLOATS, 0)).fma(xLow, t);
        yC = t.fma(d, yC);
        bytes = ByteVector.fromMemorySegment(NARROW_BYTES, w, atD + i * 18L + 2 + j, ORDER);
        q = (IntVector) bytes.convertShape(ZERO_EXTEND_B2I, INTS, 0);
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[w.get(SHORT, atD + i * 18L) & 0xffff]);
        t = ((FloatVector) q.convertShape(I2F, FLOATS, 0)).fma(xHigh, offsets);
        t = ((FloatVector) q.and(NIBBLE).convertShape(I2F, FLOATS, 0)).fma(xLow, t);
        yD = t.fma(d, yD);
        bytes = ByteVector.fromMemorySegment(NARROW_BYTES, w, atE + i * 18L + 2 + j, ORDER);
        q = (IntVector) bytes.convertShape(ZERO_EXTEND_B2I, INTS, 0);
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[w.get(SHORT, atE + i * 18L) & 0xffff]);
        t = ((FloatVector) q.convertShape(I2F, FLOATS, 0)).fma(xHigh, offsets);
        t = ((FloatVector) q.and(NIBBLE).convertShape(I2F, FLOATS, 0)).fma(xLow, t);
        yE = t.fma(d, yE);
        bytes = ByteVector.fromMemorySegment(NARROW_BYTES, w, atF + i * 18L + 2 + j, ORDER);
        q = (IntVector) bytes.convertShape(ZERO_EXTEND_B2I, INTS, 0);
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[w.get(SHORT, atF + i * 18L) & 0xffff]);
        t = ((FloatVector) q.convertShape(I2F, FLOATS, 0)).fma(xHigh, offsets);
        t = ((FloatVector) q.and(NIBBLE).convertShape(I2F, FLOATS, 0)).fma(xLow, t);
        yF = t.fma(d, yF);
        bytes = ByteVector.fromMemorySegment(NARROW_BYTES, w, atG + i * 18L + 2 + j, ORDER);
        q = (IntVector) bytes.convertShape(ZERO_EXTEND_B2I, INTS, 0);
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[w.get(SHORT, atG + i * 18L) & 0xffff]);
        t = ((FloatVector) q.convertShape(I2F, FLOATS, 0)).fma(xHigh, offsets);
        t = ((FloatVector) q.and(NIBBLE).convertShape(I2F, FLOATS, 0)).fma(xLow, t);
        yG = t.fma(d, yG);
        bytes = ByteVector.fromMemorySegment(NARROW_BYTES, w, atH + i * 18L + 2 + j, ORDER);
        q = (IntVector) bytes.convertShape(ZERO_EXTEND_B2I, INTS, 0);
        d = FloatVector.broadcast(FLOATS, HalfTable.FLOATS[w.get(SHORT, atH + i * 18L) & 0xffff]);
        t = ((FloatVector) q.convertShape(I2F, FLOATS, 0)).fma(xHigh, offsets);
        t = ((FloatVector) q.and(NIBBLE).convertShape(I2F, FLOATS, 0)).fma(xLow, t);
        yH = t.fma(d, yH);
      }
      block++;
      if (block == blocks) {
        yA.intoMemorySegment(sums, LaneSums.offset(row), ORDER);
        yB.intoMemorySegment(sums, LaneSums.offset(rowB + row), ORDER);
        yC.intoMemorySegment(sums, LaneSums.offset(rowC + row), ORDER);
        yD.intoMemorySegment(sums, LaneSums.offset(rowD + row), ORDER);
        yE.intoMemorySegment(sums, LaneSums.offset(rowE + row), ORDER);
        yF.intoMemorySegment(sums, LaneSums.offset(rowF + row), ORDER);
        yG.intoMemorySegment(sums, LaneSums.offset(rowG + row), ORDER);
        yH.intoMemorySegment(sums, LaneSums.offset(rowH + row), ORDER);
        yA = yB = yC = yD = yE = yF = yG = yH = FloatVector.zero(FLOATS);
        row++;
        block = 0;
      }
    }
  }
}
