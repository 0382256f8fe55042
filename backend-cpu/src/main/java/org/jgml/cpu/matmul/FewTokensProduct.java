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
    int step = Math.ceilDiv(endRow - firstRow, DotTile.ROWS);
    for (int row = firstRow; row < firstRow + step; row++) {
      scratch.asSlice(W_BYTES, SUMS_BYTES).fill((byte) 0);
      for (int element = 0; element < k; element += ELEMENTS) {
        int elements = Math.min(k - element, ELEMENTS);
        dequantise(w, row, step, endRow - 1, element, elements, scratch);
        multiplyTokens(prepared, element, Lanes.roundUp(elements, Lanes.COUNT), scratch);
      }
      for (int i = 0; i < DotTile.ROWS && row + i * step < endRow; i++) {
        store(scratch, i, y, row + i * step);
      }
    }
  }

  /// Rows `row`, `row + step` and so on, and row `last` for each that would be behind it.
  private void dequantise(
      MatrixView w, int row, int step, int last, int element, int elements, MemorySegment scratch) {
    long skipped = format.type().bytes(element);
    for (int i = 0; i < DotTile.ROWS; i += 2) {
      format.dequantisePair(
          w.segment(),
          w.rowOffset(Math.min(row + i * step, last)) + skipped,
          w.rowOffset(Math.min(row + (i + 1) * step, last)) + skipped,
          elements,
          scratch,
          i * W_ROW_BYTES,
          (i + 1) * W_ROW_BYTES);
    }
    int padding = Lanes.roundUp(elements, Lanes.COUNT) - elements;
    for (int i = 0; padding > 0 && i < DotTile.ROWS; i++) {
      long end = i * W_ROW_BYTES + (long) elements * Float.BYTES;
      scratch.asSlice(end, (long) padding * Float.BYTES).fill((byte) 0);
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

  private void store(MemorySegment scratch, int i, MatrixView y, int row) {
    long sums = W_BYTES + i * SUMS_ROW_BYTES;
    for (int token = 0; token < m; token++) {
      float sum = LaneSums.sum(scratch, sums + (long) token * Lanes.BYTES);
      y.segment().set(Lanes.FLOAT, y.rowOffset(token) + (long) row * Float.BYTES, sum);
    }
  }
}
