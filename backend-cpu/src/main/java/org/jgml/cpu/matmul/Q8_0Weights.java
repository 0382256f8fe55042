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
      MemorySegment block = w.asSlice(offset + i * 34L, 34);
      MemorySegment to = y.asSlice(yOffset + i * 128L, 128);
      float d = Float.float16ToFloat(block.get(SHORT, 0));
      for (int j = 0; j < 32; j += COUNT) {
        ByteVector q = ByteVector.fromMemorySegment(NARROW_BYTES, block, 2 + j, ORDER);
        ((FloatVector) q.convertShape(B2F, FLOATS, 0)).mul(d).intoMemorySegment(to, 4 * j, ORDER);
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
        MemorySegment xs = x.asSlice(i * 128L, 128);
        MemorySegment wa = w.asSlice(offset + rowa * rowBytes + i * 34L, 34);
        FloatVector ta = FloatVector.zero(FLOATS);
        MemorySegment wb = w.asSlice(offset + rowb * rowBytes + i * 34L, 34);
        FloatVector tb = FloatVector.zero(FLOATS);
        for (int j = 0; j < 32; j += COUNT) {
          FloatVector xj = FloatVector.fromMemorySegment(FLOATS, xs, 4 * j, ORDER);
          ByteVector qa = ByteVector.fromMemorySegment(NARROW_BYTES, wa, 2 + j, ORDER);
          ta = ((FloatVector) qa.convertShape(B2F, FLOATS, 0)).fma(xj, ta);
          ByteVector qb = ByteVector.fromMemorySegment(NARROW_BYTES, wb, 2 + j, ORDER);
          tb = ((FloatVector) qb.convertShape(B2F, FLOATS, 0)).fma(xj, tb);
        }
        float da = Float.float16ToFloat(wa.get(SHORT, 0));
        ya = ta.fma(FloatVector.broadcast(FLOATS, da), ya);
        float db = Float.float16ToFloat(wb.get(SHORT, 0));
        yb = tb.fma(FloatVector.broadcast(FLOATS, db), yb);
      }
      ya.intoMemorySegment(sums, LaneSums.offset(rowa), ORDER);
      yb.intoMemorySegment(sums, LaneSums.offset(rowb), ORDER);
    }
  }
}
