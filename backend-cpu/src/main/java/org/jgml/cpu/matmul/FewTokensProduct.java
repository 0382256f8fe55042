package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// A product with up to [#MOST_TOKENS] tokens: a few rows of weights are dequantised into the first
/// cache and multiplied along `k`.
final class FewTokensProduct implements MatrixProduct {
  static final int MOST_TOKENS = 16;
  static final int ELEMENTS = 1024;

  // An odd number of cache lines keeps the rows of a tile in different sets of the first cache.
  static final long W_ROW_BYTES = ELEMENTS * Float.BYTES + 64;
  static final long SUMS_ROW_BYTES = (long) MOST_TOKENS * Lanes.BYTES;

  private static final long W_BYTES = DotTile.ROWS * W_ROW_BYTES;
  private static final long SUMS_BYTES = DotTile.ROWS * SUMS_ROW_BYTES;

  private final WeightFormat format;
  private final int m;
  private final int k;
  private final long xRowBytes;

  /// One, or a multiple of the four that a tile takes: tokens behind the last are zeros.
  private final int tokens;

  FewTokensProduct(WeightFormat format, int m, int k) {
    this.format = format;
    this.m = m;
    this.k = k;
    this.xRowBytes = Lanes.roundUp(k, 16) * (long) Float.BYTES;
    this.tokens = m == 1 ? 1 : Lanes.roundUp(m, DotTile.TOKENS);
  }

  @Override
  public ActivationLayout activationLayout() {
    return new ActivationLayout("padded rows", m, k, tokens * xRowBytes, tokens);
  }

  @Override
  public long scratchBytes() {
    return W_BYTES + SUMS_BYTES;
  }

  @Override
  public void prepare(MatrixView x, MemorySegment prepared, int firstPart, int endPart) {
    for (int token = firstPart; token < endPart; token++) {
      long rowBytes = token < m ? (long) k * Float.BYTES : 0;
      long to = token * xRowBytes;
      if (token < m) {
        MemorySegment.copy(x.segment(), x.rowOffset(token), prepared, to, rowBytes);
      }
      prepared.asSlice(to + rowBytes, xRowBytes - rowBytes).fill((byte) 0);
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
    for (int row = firstRow; row < endRow; row += DotTile.ROWS) {
      int rows = Math.min(endRow - row, DotTile.ROWS);
      scratch.asSlice(W_BYTES, SUMS_BYTES).fill((byte) 0);
      for (int element = 0; element < k; element += ELEMENTS) {
        int elements = Math.min(k - element, ELEMENTS);
        dequantise(w, row, rows, element, elements, scratch);
        multiplyTokens(prepared, element, Lanes.roundUp(elements, Lanes.COUNT), scratch);
      }
      store(scratch, y, row, rows);
    }
  }

  private void dequantise(
      MatrixView w, int row, int rows, int element, int elements, MemorySegment scratch) {
    long padding = (Lanes.roundUp(elements, Lanes.COUNT) - elements) * (long) Float.BYTES;
    for (int i = 0; i < rows; i++) {
      long at = w.rowOffset(row + i) + format.type().bytes(element);
      long to = i * W_ROW_BYTES;
      format.dequantise(w.segment(), at, elements, scratch, to);
      if (padding > 0) {
        scratch.asSlice(to + (long) elements * Float.BYTES, padding).fill((byte) 0);
      }
    }
  }

  private void multiplyTokens(
      MemorySegment prepared, int element, int elements, MemorySegment scratch) {
    long x = (long) element * Float.BYTES;
    if (tokens == 1) {
      DotTile.oneToken(scratch, 0, prepared, x, scratch, W_BYTES, elements);
    }
    for (int token = 0; token + DotTile.TOKENS <= tokens; token += DotTile.TOKENS) {
      long to = W_BYTES + (long) token * Lanes.BYTES;
      long xAt = x + token * xRowBytes;
      DotTile.fourTokens(scratch, 0, prepared, xAt, xRowBytes, scratch, to, elements);
    }
  }

  private void store(MemorySegment scratch, MatrixView y, int row, int rows) {
    for (int token = 0; token < m; token++) {
      long to = y.rowOffset(token) + (long) row * Float.BYTES;
      for (int i = 0; i < rows; i++) {
        float sum = LaneSums.sum(scratch, W_BYTES + i * SUMS_ROW_BYTES + token * Lanes.BYTES);
        y.segment().set(Lanes.FLOAT, to + (long) i * Float.BYTES, sum);
      }
    }
  }
}
