package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.NARROW_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Lanes.SHORT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 32: an F16 scale `d` and 32 signed bytes; a weight is `d * q`.
final class Q8_0Weights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.Q8_0;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int i = 0; i < elements / 32; i++) {
      long block = offset + i * 34L;
      long to = yOffset + i * 128L;
      float d = Float.float16ToFloat(w.get(SHORT, block));
      for (int j = 0; j < 32; j += COUNT) {
        ByteVector q = ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 2 + j, ORDER);
        ((FloatVector) q.convertShape(B2F, FLOATS, 0))
            .mul(d)
            .intoMemorySegment(y, to + 4 * j, ORDER);
      }
    }
  }

  @Override
  public void dequantisePair(
      MemorySegment w, long atA, long atB, int elements, MemorySegment y, long yAtA, long yAtB) {
    for (int i = 0; i < elements / 32; i++) {
      for (int row = 0; row < 2; row++) {
        long block = (row == 0 ? atA : atB) + i * 34L;
        long to = (row == 0 ? yAtA : yAtB) + i * 128L;
        float d = Float.float16ToFloat(w.get(SHORT, block));
        for (int j = 0; j < 32; j += COUNT) {
          ByteVector q = ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 2 + j, ORDER);
          ((FloatVector) q.convertShape(B2F, FLOATS, 0))
              .mul(d)
              .intoMemorySegment(y, to + 4 * j, ORDER);
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
        long wA = offset + rowA * rowBytes + i * 34L;
        FloatVector tA = FloatVector.zero(FLOATS);
        long wB = offset + rowB * rowBytes + i * 34L;
        FloatVector tB = FloatVector.zero(FLOATS);
        long wC = offset + rowC * rowBytes + i * 34L;
        FloatVector tC = FloatVector.zero(FLOATS);
        long wD = offset + rowD * rowBytes + i * 34L;
        FloatVector tD = FloatVector.zero(FLOATS);
        long wE = offset + rowE * rowBytes + i * 34L;
        FloatVector tE = FloatVector.zero(FLOATS);
        long wF = offset + rowF * rowBytes + i * 34L;
        FloatVector tF = FloatVector.zero(FLOATS);
        long wG = offset + rowG * rowBytes + i * 34L;
        FloatVector tG = FloatVector.zero(FLOATS);
        long wH = offset + rowH * rowBytes + i * 34L;
        FloatVector tH = FloatVector.zero(FLOATS);
        for (int j = 0; j < 32; j += COUNT) {
          FloatVector xj = FloatVector.fromMemorySegment(FLOATS, x, i * 128L + 4 * j, ORDER);
          ByteVector qA = ByteVector.fromMemorySegment(NARROW_BYTES, w, wA + 2 + j, ORDER);
          tA = ((FloatVector) qA.convertShape(B2F, FLOATS, 0)).fma(xj, tA);
          ByteVector qB = ByteVector.fromMemorySegment(NARROW_BYTES, w, wB + 2 + j, ORDER);
          tB = ((FloatVector) qB.convertShape(B2F, FLOATS, 0)).fma(xj, tB);
          ByteVector qC = ByteVector.fromMemorySegment(NARROW_BYTES, w, wC + 2 + j, ORDER);
          tC = ((FloatVector) qC.convertShape(B2F, FLOATS, 0)).fma(xj, tC);
          ByteVector qD = ByteVector.fromMemorySegment(NARROW_BYTES, w, wD + 2 + j, ORDER);
          tD = ((FloatVector) qD.convertShape(B2F, FLOATS, 0)).fma(xj, tD);
          ByteVector qE = ByteVector.fromMemorySegment(NARROW_BYTES, w, wE + 2 + j, ORDER);
          tE = ((FloatVector) qE.convertShape(B2F, FLOATS, 0)).fma(xj, tE);
          ByteVector qF = ByteVector.fromMemorySegment(NARROW_BYTES, w, wF + 2 + j, ORDER);
          tF = ((FloatVector) qF.convertShape(B2F, FLOATS, 0)).fma(xj, tF);
          ByteVector qG = ByteVector.fromMemorySegment(NARROW_BYTES, w, wG + 2 + j, ORDER);
          tG = ((FloatVector) qG.convertShape(B2F, FLOATS, 0)).fma(xj, tG);
          ByteVector qH = ByteVector.fromMemorySegment(NARROW_BYTES, w, wH + 2 + j, ORDER);
          tH = ((FloatVector) qH.convertShape(B2F, FLOATS, 0)).fma(xj, tH);
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
