package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// A product with one token or very few: weights are unpacked in registers for each token.
///
/// The rows of one pass stay in the second cache, so only the first token reads them from memory.
final class TokenwiseProduct implements MatrixProduct {
  private final WeightFormat format;
  private final int m;
  private final int k;

  TokenwiseProduct(WeightFormat format, int m, int k) {
    this.format = format;
    this.m = m;
    this.k = k;
  }

  @Override
  public ActivationLayout activationLayout() {
    return new ActivationLayout("tokens with sums", m, k, m * TokenSums.bytes(k), m);
  }

  @Override
  public long scratchBytes() {
    return LaneSums.BYTES + UnpackedProduct.SCRATCH_BYTES;
  }

  @Override
  public void prepare(MatrixView x, MemorySegment prepared, int firstPart, int endPart) {
    for (int token = firstPart; token < endPart; token++) {
      TokenSums.prepare(x.segment(), x.rowOffset(token), k, token(prepared, token));
    }
  }

  private MemorySegment token(MemorySegment prepared, int token) {
    return prepared.asSlice(token * TokenSums.bytes(k), TokenSums.bytes(k));
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
        format.multiply(w.segment(), w.rowOffset(row), w.rowBytes(), rows, k, x, scratch);
        LaneSums.store(scratch, rows, y.segment(), y.rowOffset(token) + row * 4L);
      }
    }
  }
}
