package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// A product with one token or very few, for vectors of 16 or 8 lanes: quants are unpacked in
/// registers, plane by plane, and meet activations that lie in the same order.
final class PlanarProduct implements MatrixProduct {
  private final PlanarFormat format;
  private final int m;
  private final int k;

  PlanarProduct(PlanarFormat format, int m, int k) {
    this.format = format;
    this.m = m;
    this.k = k;
  }

  private long tokenBytes() {
    return k / 256 * format.order().blockBytes();
  }

  @Override
  public ActivationLayout activationLayout() {
    return new ActivationLayout("planes of " + format.order(), m, k, m * tokenBytes(), m);
  }

  @Override
  public long scratchBytes() {
    return LaneSums.BYTES;
  }

  @Override
  public void prepare(MatrixView x, MemorySegment prepared, int firstPart, int endPart) {
    for (int token = firstPart; token < endPart; token++) {
      for (int block = 0; block < k / 256; block++) {
        long from = x.rowOffset(token) + block * 1024L;
        long to = token * tokenBytes() + block * format.order().blockBytes();
        format.order().prepareBlock(x.segment(), from, prepared, to);
      }
    }
  }

  private MemorySegment token(MemorySegment prepared, int token) {
    return prepared.asSlice(token * tokenBytes(), tokenBytes());
  }

  @Override
  public void multiply(
      MatrixView w,
      MemorySegment prepared,
      MatrixView y,
      int firstRow,
      int endRow,
      MemorySegment scratch) {
    int most = w.rowBytes() == format.type().bytes(k) ? LaneSums.ROWS : 1;
    for (int row = firstRow; row < endRow; row += most) {
      int rows = Math.min(endRow - row, most);
      for (int token = 0; token < m; token++) {
        MemorySegment x = token(prepared, token);
        format.multiplyPlanes(w.segment(), w.rowOffset(row), w.rowBytes(), rows, k, x, scratch);
        LaneSums.store(scratch, rows, y.segment(), y.rowOffset(token) + row * 4L);
      }
    }
  }
}
