package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// A product with one token: weights are unpacked in registers and used once.
final class OneTokenProduct implements MatrixProduct {
  private final WeightFormat format;
  private final int k;

  OneTokenProduct(WeightFormat format, int k) {
    this.format = format;
    this.k = k;
  }

  @Override
  public ActivationLayout activationLayout() {
    return new ActivationLayout("token with sums", 1, k, TokenSums.bytes(k), 1);
  }

  @Override
  public long scratchBytes() {
    return LaneSums.BYTES + UnpackedProduct.SCRATCH_BYTES;
  }

  @Override
  public void prepare(MatrixView x, MemorySegment prepared, int firstPart, int endPart) {
    if (firstPart < endPart) {
      TokenSums.prepare(x, k, prepared);
    }
  }

  @Override
  public void multiply(
      MatrixView w,
      MemorySegment prepared,
      MatrixView y,
      int firstRow,
      int endRow,
      MemorySegment scratch) {
    for (int row = firstRow; row < endRow; row += LaneSums.ROWS) {
      int rows = Math.min(endRow - row, LaneSums.ROWS);
      format.multiply(w.segment(), w.rowOffset(row), w.rowBytes(), rows, k, prepared, scratch);
      LaneSums.store(scratch, rows, y.segment(), y.offset() + row * 4L);
    }
  }
}
