package org.jgml.cpu.matmul;

import static org.jgml.cpu.matmul.Lanes.BYTES;
import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Register tiles of 8 weight rows for machines with 32 vector registers.
///
/// Vectors run along tokens and weights are broadcast, so that neither matrix is transposed.
final class WideTile {
  static final int ROWS = 8;

  private WideTile() {}

  static void threeVectors(
      MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int k) {
    final long wRow = PanelBlock.W_ROW_BYTES;
    final long yRow = PanelBlock.Y_ROW_BYTES;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector y0a = zero, y0b = zero, y0c = zero;
    FloatVector y1a = zero, y1b = zero, y1c = zero;
    FloatVector y2a = zero, y2b = zero, y2c = zero;
    FloatVector y3a = zero, y3b = zero, y3c = zero;
    FloatVector y4a = zero, y4b = zero, y4c = zero;
    FloatVector y5a = zero, y5b = zero, y5c = zero;
    FloatVector y6a = zero, y6b = zero, y6c = zero;
    FloatVector y7a = zero, y7b = zero, y7c = zero;
    for (int i = 0; i < k; i++) {
      long xi = xAt + (long) i * 3 * BYTES;
      long wi = wAt + (long) i * Float.BYTES;
      FloatVector xa = FloatVector.fromMemorySegment(FLOATS, x, xi, ORDER);
      FloatVector xb = FloatVector.fromMemorySegment(FLOATS, x, xi + BYTES, ORDER);
      FloatVector xc = FloatVector.fromMemorySegment(FLOATS, x, xi + 2 * BYTES, ORDER);
      FloatVector wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi));
      y0a = xa.fma(wr, y0a);
      y0b = xb.fma(wr, y0b);
      y0c = xc.fma(wr, y0c);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + wRow));
      y1a = xa.fma(wr, y1a);
      y1b = xb.fma(wr, y1b);
      y1c = xc.fma(wr, y1c);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 2 * wRow));
      y2a = xa.fma(wr, y2a);
      y2b = xb.fma(wr, y2b);
      y2c = xc.fma(wr, y2c);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 3 * wRow));
      y3a = xa.fma(wr, y3a);
      y3b = xb.fma(wr, y3b);
      y3c = xc.fma(wr, y3c);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 4 * wRow));
      y4a = xa.fma(wr, y4a);
      y4b = xb.fma(wr, y4b);
      y4c = xc.fma(wr, y4c);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 5 * wRow));
      y5a = xa.fma(wr, y5a);
      y5b = xb.fma(wr, y5b);
      y5c = xc.fma(wr, y5c);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 6 * wRow));
      y6a = xa.fma(wr, y6a);
      y6b = xb.fma(wr, y6b);
      y6c = xc.fma(wr, y6c);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 7 * wRow));
      y7a = xa.fma(wr, y7a);
      y7b = xb.fma(wr, y7b);
      y7c = xc.fma(wr, y7c);
    }
    y0a.intoMemorySegment(y, yAt, ORDER);
    y0b.intoMemorySegment(y, yAt + BYTES, ORDER);
    y0c.intoMemorySegment(y, yAt + 2 * BYTES, ORDER);
    y1a.intoMemorySegment(y, yAt + yRow, ORDER);
    y1b.intoMemorySegment(y, yAt + yRow + BYTES, ORDER);
    y1c.intoMemorySegment(y, yAt + yRow + 2 * BYTES, ORDER);
    y2a.intoMemorySegment(y, yAt + 2 * yRow, ORDER);
    y2b.intoMemorySegment(y, yAt + 2 * yRow + BYTES, ORDER);
    y2c.intoMemorySegment(y, yAt + 2 * yRow + 2 * BYTES, ORDER);
    y3a.intoMemorySegment(y, yAt + 3 * yRow, ORDER);
    y3b.intoMemorySegment(y, yAt + 3 * yRow + BYTES, ORDER);
    y3c.intoMemorySegment(y, yAt + 3 * yRow + 2 * BYTES, ORDER);
    y4a.intoMemorySegment(y, yAt + 4 * yRow, ORDER);
    y4b.intoMemorySegment(y, yAt + 4 * yRow + BYTES, ORDER);
    y4c.intoMemorySegment(y, yAt + 4 * yRow + 2 * BYTES, ORDER);
    y5a.intoMemorySegment(y, yAt + 5 * yRow, ORDER);
    y5b.intoMemorySegment(y, yAt + 5 * yRow + BYTES, ORDER);
    y5c.intoMemorySegment(y, yAt + 5 * yRow + 2 * BYTES, ORDER);
    y6a.intoMemorySegment(y, yAt + 6 * yRow, ORDER);
    y6b.intoMemorySegment(y, yAt + 6 * yRow + BYTES, ORDER);
    y6c.intoMemorySegment(y, yAt + 6 * yRow + 2 * BYTES, ORDER);
    y7a.intoMemorySegment(y, yAt + 7 * yRow, ORDER);
    y7b.intoMemorySegment(y, yAt + 7 * yRow + BYTES, ORDER);
    y7c.intoMemorySegment(y, yAt + 7 * yRow + 2 * BYTES, ORDER);
  }

  static void twoVectors(
      MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int k) {
    final long wRow = PanelBlock.W_ROW_BYTES;
    final long yRow = PanelBlock.Y_ROW_BYTES;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector y0a = zero, y0b = zero;
    FloatVector y1a = zero, y1b = zero;
    FloatVector y2a = zero, y2b = zero;
    FloatVector y3a = zero, y3b = zero;
    FloatVector y4a = zero, y4b = zero;
    FloatVector y5a = zero, y5b = zero;
    FloatVector y6a = zero, y6b = zero;
    FloatVector y7a = zero, y7b = zero;
    for (int i = 0; i < k; i++) {
      long xi = xAt + (long) i * 2 * BYTES;
      long wi = wAt + (long) i * Float.BYTES;
      FloatVector xa = FloatVector.fromMemorySegment(FLOATS, x, xi, ORDER);
      FloatVector xb = FloatVector.fromMemorySegment(FLOATS, x, xi + BYTES, ORDER);
      FloatVector wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi));
      y0a = xa.fma(wr, y0a);
      y0b = xb.fma(wr, y0b);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + wRow));
      y1a = xa.fma(wr, y1a);
      y1b = xb.fma(wr, y1b);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 2 * wRow));
      y2a = xa.fma(wr, y2a);
      y2b = xb.fma(wr, y2b);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 3 * wRow));
      y3a = xa.fma(wr, y3a);
      y3b = xb.fma(wr, y3b);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 4 * wRow));
      y4a = xa.fma(wr, y4a);
      y4b = xb.fma(wr, y4b);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 5 * wRow));
      y5a = xa.fma(wr, y5a);
      y5b = xb.fma(wr, y5b);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 6 * wRow));
      y6a = xa.fma(wr, y6a);
      y6b = xb.fma(wr, y6b);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 7 * wRow));
      y7a = xa.fma(wr, y7a);
      y7b = xb.fma(wr, y7b);
    }
    y0a.intoMemorySegment(y, yAt, ORDER);
    y0b.intoMemorySegment(y, yAt + BYTES, ORDER);
    y1a.intoMemorySegment(y, yAt + yRow, ORDER);
    y1b.intoMemorySegment(y, yAt + yRow + BYTES, ORDER);
    y2a.intoMemorySegment(y, yAt + 2 * yRow, ORDER);
    y2b.intoMemorySegment(y, yAt + 2 * yRow + BYTES, ORDER);
    y3a.intoMemorySegment(y, yAt + 3 * yRow, ORDER);
    y3b.intoMemorySegment(y, yAt + 3 * yRow + BYTES, ORDER);
    y4a.intoMemorySegment(y, yAt + 4 * yRow, ORDER);
    y4b.intoMemorySegment(y, yAt + 4 * yRow + BYTES, ORDER);
    y5a.intoMemorySegment(y, yAt + 5 * yRow, ORDER);
    y5b.intoMemorySegment(y, yAt + 5 * yRow + BYTES, ORDER);
    y6a.intoMemorySegment(y, yAt + 6 * yRow, ORDER);
    y6b.intoMemorySegment(y, yAt + 6 * yRow + BYTES, ORDER);
    y7a.intoMemorySegment(y, yAt + 7 * yRow, ORDER);
    y7b.intoMemorySegment(y, yAt + 7 * yRow + BYTES, ORDER);
  }

  static void oneVector(
      MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int k) {
    final long wRow = PanelBlock.W_ROW_BYTES;
    final long yRow = PanelBlock.Y_ROW_BYTES;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector y0a = zero;
    FloatVector y1a = zero;
    FloatVector y2a = zero;
    FloatVector y3a = zero;
    FloatVector y4a = zero;
    FloatVector y5a = zero;
    FloatVector y6a = zero;
    FloatVector y7a = zero;
    for (int i = 0; i < k; i++) {
      long xi = xAt + (long) i * BYTES;
      long wi = wAt + (long) i * Float.BYTES;
      FloatVector xa = FloatVector.fromMemorySegment(FLOATS, x, xi, ORDER);
      FloatVector wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi));
      y0a = xa.fma(wr, y0a);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + wRow));
      y1a = xa.fma(wr, y1a);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 2 * wRow));
      y2a = xa.fma(wr, y2a);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 3 * wRow));
      y3a = xa.fma(wr, y3a);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 4 * wRow));
      y4a = xa.fma(wr, y4a);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 5 * wRow));
      y5a = xa.fma(wr, y5a);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 6 * wRow));
      y6a = xa.fma(wr, y6a);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 7 * wRow));
      y7a = xa.fma(wr, y7a);
    }
    y0a.intoMemorySegment(y, yAt, ORDER);
    y1a.intoMemorySegment(y, yAt + yRow, ORDER);
    y2a.intoMemorySegment(y, yAt + 2 * yRow, ORDER);
    y3a.intoMemorySegment(y, yAt + 3 * yRow, ORDER);
    y4a.intoMemorySegment(y, yAt + 4 * yRow, ORDER);
    y5a.intoMemorySegment(y, yAt + 5 * yRow, ORDER);
    y6a.intoMemorySegment(y, yAt + 6 * yRow, ORDER);
    y7a.intoMemorySegment(y, yAt + 7 * yRow, ORDER);
  }
}
