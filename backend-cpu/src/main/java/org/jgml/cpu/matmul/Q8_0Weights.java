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
  public void multiply(
      MemorySegment w,
      long offset,
      long rowBytes,
      int rows,
      int k,
      MemorySegment x,
      MemorySegment sums) {
    int step = (rows + 1) / 2;
    for (int row = 0; row < step; row++) {
      int rowa = Math.min(row, rows - 1);
      FloatVector ya = FloatVector.zero(FLOATS);
      int rowb = Math.min(row + step, rows - 1);
      FloatVector yb = FloatVector.zero(FLOATS);
      for (int i = 0; i < k / 32; i++) {
        long wa = offset + rowa * rowBytes + i * 34L;
        FloatVector ta = FloatVector.zero(FLOATS);
        long wb = offset + rowb * rowBytes + i * 34L;
        FloatVector tb = FloatVector.zero(FLOATS);
        for (int j = 0; j < 32; j += COUNT) {
          FloatVector xj = FloatVector.fromMemorySegment(FLOATS, x, i * 128L + 4 * j, ORDER);
          ByteVector qa = ByteVector.fromMemorySegment(NARROW_BYTES, w, wa + 2 + j, ORDER);
          ta = ((FloatVector) qa.convertShape(B2F, FLOATS, 0)).fma(xj, ta);
          ByteVector qb = ByteVector.fromMemorySegment(NARROW_BYTES, w, wb + 2 + j, ORDER);
          tb = ((FloatVector) qb.convertShape(B2F, FLOATS, 0)).fma(xj, tb);
        }
        float da = Float.float16ToFloat(w.get(SHORT, wa));
        ya = ta.fma(FloatVector.broadcast(FLOATS, da), ya);
        float db = Float.float16ToFloat(w.get(SHORT, wb));
        yb = tb.fma(FloatVector.broadcast(FLOATS, db), yb);
      }
      ya.intoMemorySegment(sums, LaneSums.offset(rowa), ORDER);
      yb.intoMemorySegment(sums, LaneSums.offset(rowb), ORDER);
    }
  }
}
