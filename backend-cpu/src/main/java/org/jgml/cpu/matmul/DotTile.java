package org.jgml.cpu.matmul;

import static org.jgml.cpu.matmul.Lanes.BYTES;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Dot products of 4 weight rows with 1 or 4 tokens, lane by lane; [LaneSums] adds the lanes.
final class DotTile {
  static final int ROWS = 4;
  static final int TOKENS = 4;

  private DotTile() {}

  static void fourTokens(
      MemorySegment w,
      long wAt,
      MemorySegment x,
      long xAt,
      long xRow,
      MemorySegment y,
      long yAt,
      int k) {
    final long wRow = FewTokensProduct.W_ROW_BYTES;
    final long yRow = FewTokensProduct.SUMS_ROW_BYTES;
    FloatVector y0a = FloatVector.fromMemorySegment(FLOATS, y, yAt, ORDER);
    FloatVector y0b = FloatVector.fromMemorySegment(FLOATS, y, yAt + BYTES, ORDER);
    FloatVector y0c = FloatVector.fromMemorySegment(FLOATS, y, yAt + 2 * BYTES, ORDER);
    FloatVector y0d = FloatVector.fromMemorySegment(FLOATS, y, yAt + 3 * BYTES, ORDER);
    FloatVector y1a = FloatVector.fromMemorySegment(FLOATS, y, yAt + yRow, ORDER);
    FloatVector y1b = FloatVector.fromMemorySegment(FLOATS, y, yAt + yRow + BYTES, ORDER);
    FloatVector y1c = FloatVector.fromMemorySegment(FLOATS, y, yAt + yRow + 2 * BYTES, ORDER);
    FloatVector y1d = FloatVector.fromMemorySegment(FLOATS, y, yAt + yRow + 3 * BYTES, ORDER);
    FloatVector y2a = FloatVector.fromMemorySegment(FLOATS, y, yAt + 2 * yRow, ORDER);
    FloatVector y2b = FloatVector.fromMemorySegment(FLOATS, y, yAt + 2 * yRow + BYTES, ORDER);
    FloatVector y2c = FloatVector.fromMemorySegment(FLOATS, y, yAt + 2 * yRow + 2 * BYTES, ORDER);
    FloatVector y2d = FloatVector.fromMemorySegment(FLOATS, y, yAt + 2 * yRow + 3 * BYTES, ORDER);
    FloatVector y3a = FloatVector.fromMemorySegment(FLOATS, y, yAt + 3 * yRow, ORDER);
    FloatVector y3b = FloatVector.fromMemorySegment(FLOATS, y, yAt + 3 * yRow + BYTES, ORDER);
    FloatVector y3c = FloatVector.fromMemorySegment(FLOATS, y, yAt + 3 * yRow + 2 * BYTES, ORDER);
    FloatVector y3d = FloatVector.fromMemorySegment(FLOATS, y, yAt + 3 * yRow + 3 * BYTES, ORDER);
    for (long i = 0; i < (long) k * Float.BYTES; i += BYTES) {
      FloatVector w0 = FloatVector.fromMemorySegment(FLOATS, w, wAt + i, ORDER);
      FloatVector w1 = FloatVector.fromMemorySegment(FLOATS, w, wAt + i + wRow, ORDER);
      FloatVector w2 = FloatVector.fromMemorySegment(FLOATS, w, wAt + i + 2 * wRow, ORDER);
      FloatVector w3 = FloatVector.fromMemorySegment(FLOATS, w, wAt + i + 3 * wRow, ORDER);
      FloatVector xt = FloatVector.fromMemorySegment(FLOATS, x, xAt + i, ORDER);
      y0a = w0.fma(xt, y0a);
      y1a = w1.fma(xt, y1a);
      y2a = w2.fma(xt, y2a);
      y3a = w3.fma(xt, y3a);
      xt = FloatVector.fromMemorySegment(FLOATS, x, xAt + i + xRow, ORDER);
      y0b = w0.fma(xt, y0b);
      y1b = w1.fma(xt, y1b);
      y2b = w2.fma(xt, y2b);
      y3b = w3.fma(xt, y3b);
      xt = FloatVector.fromMemorySegment(FLOATS, x, xAt + i + 2 * xRow, ORDER);
      y0c = w0.fma(xt, y0c);
      y1c = w1.fma(xt, y1c);
      y2c = w2.fma(xt, y2c);
      y3c = w3.fma(xt, y3c);
      xt = FloatVector.fromMemorySegment(FLOATS, x, xAt + i + 3 * xRow, ORDER);
      y0d = w0.fma(xt, y0d);
      y1d = w1.fma(xt, y1d);
      y2d = w2.fma(xt, y2d);
      y3d = w3.fma(xt, y3d);
    }
    y0a.intoMemorySegment(y, yAt, ORDER);
    y0b.intoMemorySegment(y, yAt + BYTES, ORDER);
    y0c.intoMemorySegment(y, yAt + 2 * BYTES, ORDER);
    y0d.intoMemorySegment(y, yAt + 3 * BYTES, ORDER);
    y1a.intoMemorySegment(y, yAt + yRow, ORDER);
    y1b.intoMemorySegment(y, yAt + yRow + BYTES, ORDER);
    y1c.intoMemorySegment(y, yAt + yRow + 2 * BYTES, ORDER);
    y1d.intoMemorySegment(y, yAt + yRow + 3 * BYTES, ORDER);
    y2a.intoMemorySegment(y, yAt + 2 * yRow, ORDER);
    y2b.intoMemorySegment(y, yAt + 2 * yRow + BYTES, ORDER);
    y2c.intoMemorySegment(y, yAt + 2 * yRow + 2 * BYTES, ORDER);
    y2d.intoMemorySegment(y, yAt + 2 * yRow + 3 * BYTES, ORDER);
    y3a.intoMemorySegment(y, yAt + 3 * yRow, ORDER);
    y3b.intoMemorySegment(y, yAt + 3 * yRow + BYTES, ORDER);
    y3c.intoMemorySegment(y, yAt + 3 * yRow + 2 * BYTES, ORDER);
    y3d.intoMemorySegment(y, yAt + 3 * yRow + 3 * BYTES, ORDER);
  }

  static void oneToken(
      MemorySegment w, long wAt, MemorySegment x, long xAt, MemorySegment y, long yAt, int k) {
    final long wRow = FewTokensProduct.W_ROW_BYTES;
    final long yRow = FewTokensProduct.SUMS_ROW_BYTES;
    FloatVector y0a = FloatVector.fromMemorySegment(FLOATS, y, yAt, ORDER);
    FloatVector y1a = FloatVector.fromMemorySegment(FLOATS, y, yAt + yRow, ORDER);
    FloatVector y2a = FloatVector.fromMemorySegment(FLOATS, y, yAt + 2 * yRow, ORDER);
    FloatVector y3a = FloatVector.fromMemorySegment(FLOATS, y, yAt + 3 * yRow, ORDER);
    for (long i = 0; i < (long) k * Float.BYTES; i += BYTES) {
      FloatVector w0 = FloatVector.fromMemorySegment(FLOATS, w, wAt + i, ORDER);
      FloatVector w1 = FloatVector.fromMemorySegment(FLOATS, w, wAt + i + wRow, ORDER);
      FloatVector w2 = FloatVector.fromMemorySegment(FLOATS, w, wAt + i + 2 * wRow, ORDER);
      FloatVector w3 = FloatVector.fromMemorySegment(FLOATS, w, wAt + i + 3 * wRow, ORDER);
      FloatVector xt = FloatVector.fromMemorySegment(FLOATS, x, xAt + i, ORDER);
      y0a = w0.fma(xt, y0a);
      y1a = w1.fma(xt, y1a);
      y2a = w2.fma(xt, y2a);
      y3a = w3.fma(xt, y3a);
    }
    y0a.intoMemorySegment(y, yAt, ORDER);
    y1a.intoMemorySegment(y, yAt + yRow, ORDER);
    y2a.intoMemorySegment(y, yAt + 2 * yRow, ORDER);
    y3a.intoMemorySegment(y, yAt + 3 * yRow, ORDER);
  }
}
