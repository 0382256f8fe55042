package org.jgml.cpu.matmul;

import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import org.jgml.core.tensor.DataType;

/// Weights that are plain floats.
final class F32Weights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.F32;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    MemorySegment.copy(w, offset, y, yOffset, elements * 4L);
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
    int step = (rows + 3) / 4;
    int bound = FLOATS.loopBound(k);
    for (int row = 0; row < step; row++) {
      int rowa = Math.min(row, rows - 1);
      long wa = offset + rowa * rowBytes;
      FloatVector ya = FloatVector.zero(FLOATS);
      int rowb = Math.min(row + step, rows - 1);
      long wb = offset + rowb * rowBytes;
      FloatVector yb = FloatVector.zero(FLOATS);
      int rowc = Math.min(row + 2 * step, rows - 1);
      long wc = offset + rowc * rowBytes;
      FloatVector yc = FloatVector.zero(FLOATS);
      int rowd = Math.min(row + 3 * step, rows - 1);
      long wd = offset + rowd * rowBytes;
      FloatVector yd = FloatVector.zero(FLOATS);
      for (int i = 0; i < bound; i += COUNT) {
        FloatVector xi = FloatVector.fromMemorySegment(FLOATS, x, 4L * i, ORDER);
        ya = FloatVector.fromMemorySegment(FLOATS, w, wa + 4L * i, ORDER).fma(xi, ya);
        yb = FloatVector.fromMemorySegment(FLOATS, w, wb + 4L * i, ORDER).fma(xi, yb);
        yc = FloatVector.fromMemorySegment(FLOATS, w, wc + 4L * i, ORDER).fma(xi, yc);
        yd = FloatVector.fromMemorySegment(FLOATS, w, wd + 4L * i, ORDER).fma(xi, yd);
      }
      ya.add(tail(w, wa, x, bound, k) / COUNT)
          .intoMemorySegment(sums, LaneSums.offset(rowa), ORDER);
      yb.add(tail(w, wb, x, bound, k) / COUNT)
          .intoMemorySegment(sums, LaneSums.offset(rowb), ORDER);
      yc.add(tail(w, wc, x, bound, k) / COUNT)
          .intoMemorySegment(sums, LaneSums.offset(rowc), ORDER);
      yd.add(tail(w, wd, x, bound, k) / COUNT)
          .intoMemorySegment(sums, LaneSums.offset(rowd), ORDER);
    }
  }

  private static float tail(MemorySegment w, long row, MemorySegment x, int first, int k) {
    float sum = 0;
    for (int i = first; i < k; i++) {
      sum = Math.fma(w.get(FLOAT, row + 4L * i), x.get(FLOAT, 4L * i), sum);
    }
    return sum;
  }
}
