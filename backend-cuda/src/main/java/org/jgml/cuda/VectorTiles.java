package org.jgml.cuda;

/// How `matmul_vector.cu` cuts the rows of weights: WARPS warps of ROWS rows each.
final class VectorTiles {
  static final int ROWS = 2;
  static final int WARPS = 4;

  private VectorTiles() {}

  /// Blocks that cover `n` rows of weights for so many groups of tokens and batches.
  static Geometry geometry(long n, long groups, long batch) {
    return Geometry.of(WARPS * Geometry.WARP, 0, blocks(n), groups, batch);
  }

  /// Blocks that cover `n` rows.
  static int blocks(long n) {
    return (int) Math.ceilDiv(n, ROWS * WARPS);
  }

  /// Blocks of several products.
  static Geometry joined(int blocks) {
    return Geometry.of(WARPS * Geometry.WARP, 0, blocks, 1, 1);
  }

  /// Blocks whose warps take a row of each of two matrices of `n` rows.
  static Geometry gated(long n) {
    return Geometry.of(WARPS * Geometry.WARP, 0, Math.ceilDiv(n, WARPS), 1, 1);
  }
}
