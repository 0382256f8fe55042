package org.jgml.cpu.matmul;

import static org.jgml.cpu.matmul.Lanes.BYTES;
import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Register tiles of 4 weight rows for machines with 16 vector registers.
final class NarrowTile {
  static final int ROWS = 4;

  private NarrowTile() {}

  static void threeVectors(
      MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int k) {
    final long wRow = PanelBlock.W_ROW_BYTES;
    final long yRow = PanelBlock.Y_ROW_BYTES;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector y0a = zero, y0b = zero, y0c = zero;
    FloatVector y1a = zero, y1b = zero, y1c = zero;
    FloatVector y2a = zero, y2b = zero, y2c = zero;
    FloatVector y3a = zero, y3b = zero, y3c = zero;
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
    }
    y0a.intoMemorySegment(y, yAt, ORDER);
    y0b.intoMemorySegment(y, yAt + BYTES, ORDER);
    y1a.intoMemorySegment(y, yAt + yRow, ORDER);
    y1b.intoMemorySegment(y, yAt + yRow + BYTES, ORDER);
    y2a.intoMemorySegment(y, yAt + 2 * yRow, ORDER);
    y2b.intoMemorySegment(y, yAt + 2 * yRow + BYTES, ORDER);
    y3a.intoMemorySegment(y, yAt + 3 * yRow, ORDER);
    y3b.intoMemorySegment(y, yAt + 3 * yRow + BYTES, ORDER);
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
    }
    y0a.intoMemorySegment(y, yAt, ORDER);
    y1a.intoMemorySegment(y, yAt + yRow, ORDER);
    y2a.intoMemorySegment(y, yAt + 2 * yRow, ORDER);
    y3a.intoMemorySegment(y, yAt + 3 * yRow, ORDER);
  }
}
