package org.jgml.cpu.matmul;

import static org.jgml.cpu.matmul.Lanes.BYTES;
import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Register tiles of 4 weight rows for machines with 16 vector registers.
///
/// A turn takes two elements, and [#oneElement] the last of an odd number. The compiler would make
/// four turns of a shorter one into one, load all that these need at its begin, and then keep sums
/// in memory, each addition behind a store and a load: half the speed, as with three vectors of
/// tokens.
final class NarrowTile {
  static final int ROWS = 4;

  private NarrowTile() {}

  static void twoVectors(
      MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int k) {
    final long wRow = PanelBlock.W_ROW_BYTES;
    final long yRow = PanelBlock.Y_ROW_BYTES;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector y0a = zero, y0b = zero;
    FloatVector y1a = zero, y1b = zero;
    FloatVector y2a = zero, y2b = zero;
    FloatVector y3a = zero, y3b = zero;
    FloatVector wr;
    FloatVector xa, xb;
    for (int i = 0; i < k / 2; i++) {
      long xi = xAt + (long) i * 4 * BYTES;
      long wi = wAt + (long) i * 2 * Float.BYTES;
      xa = FloatVector.fromMemorySegment(FLOATS, x, xi, ORDER);
      xb = FloatVector.fromMemorySegment(FLOATS, x, xi + BYTES, ORDER);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi));
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
      xa = FloatVector.fromMemorySegment(FLOATS, x, xi + 2 * BYTES, ORDER);
      xb = FloatVector.fromMemorySegment(FLOATS, x, xi + 3 * BYTES, ORDER);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 4));
      y0a = xa.fma(wr, y0a);
      y0b = xb.fma(wr, y0b);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + wRow + 4));
      y1a = xa.fma(wr, y1a);
      y1b = xb.fma(wr, y1b);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 2 * wRow + 4));
      y2a = xa.fma(wr, y2a);
      y2b = xb.fma(wr, y2b);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 3 * wRow + 4));
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

  /// Two sums a row, since each addition waits for the one before.
  static void oneVector(
      MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int k) {
    final long wRow = PanelBlock.W_ROW_BYTES;
    final long yRow = PanelBlock.Y_ROW_BYTES;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector y0a = zero, y0b = zero;
    FloatVector y1a = zero, y1b = zero;
    FloatVector y2a = zero, y2b = zero;
    FloatVector y3a = zero, y3b = zero;
    FloatVector wr;
    FloatVector xa;
    for (int i = 0; i < k / 2; i++) {
      long xi = xAt + (long) i * 2 * BYTES;
      long wi = wAt + (long) i * 2 * Float.BYTES;
      xa = FloatVector.fromMemorySegment(FLOATS, x, xi, ORDER);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi));
      y0a = xa.fma(wr, y0a);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + wRow));
      y1a = xa.fma(wr, y1a);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 2 * wRow));
      y2a = xa.fma(wr, y2a);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 3 * wRow));
      y3a = xa.fma(wr, y3a);
      xa = FloatVector.fromMemorySegment(FLOATS, x, xi + BYTES, ORDER);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 4));
      y0b = xa.fma(wr, y0b);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + wRow + 4));
      y1b = xa.fma(wr, y1b);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 2 * wRow + 4));
      y2b = xa.fma(wr, y2b);
      wr = FloatVector.broadcast(FLOATS, w.get(FLOAT, wi + 3 * wRow + 4));
      y3b = xa.fma(wr, y3b);
    }
    y0a.add(y0b).intoMemorySegment(y, yAt, ORDER);
    y1a.add(y1b).intoMemorySegment(y, yAt + yRow, ORDER);
    y2a.add(y2b).intoMemorySegment(y, yAt + 2 * yRow, ORDER);
    y3a.add(y3b).intoMemorySegment(y, yAt + 3 * yRow, ORDER);
  }

  /// Adds what one element makes, the last where there is an odd number of them.
  static void oneElement(
      int vectors,
      MemorySegment x,
      long xAt,
      MemorySegment w,
      long wAt,
      MemorySegment y,
      long yAt) {
    for (int row = 0; row < ROWS; row++) {
      FloatVector wr =
          FloatVector.broadcast(FLOATS, w.get(FLOAT, wAt + row * PanelBlock.W_ROW_BYTES));
      for (int i = 0; i < vectors; i++) {
        long at = yAt + row * PanelBlock.Y_ROW_BYTES + (long) i * BYTES;
        FloatVector sum = FloatVector.fromMemorySegment(FLOATS, y, at, ORDER);
        FloatVector.fromMemorySegment(FLOATS, x, xAt + (long) i * BYTES, ORDER)
            .fma(wr, sum)
            .intoMemorySegment(y, at, ORDER);
      }
    }
  }
}
