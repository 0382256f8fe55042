package org.jgml.cpu.matmul;

/// The sizes of the blocks into which a product with many tokens is cut.
///
/// A block of weights (100 KB) and the part of the activations it meets stay in the second cache.
final class PanelBlock {
  static final int ROWS = 32;
  static final int ELEMENTS = 768;

  /// Elements that all rows of a block meet while a panel's activations of them (36 KB) are in the
  /// first cache. Sums of such short runs are added, since one long chain of additions would lose
  /// precision.
  static final int RUN = 192;

  /// Vectors of tokens in one panel of activations; the last panel may have fewer. See [WideTile]
  /// and [NarrowTile].
  static final int PANEL_VECTORS = Lanes.COUNT == 16 ? 3 : 2;

  static final int PANEL_TOKENS = PANEL_VECTORS * Lanes.COUNT;
  static final int TOKENS = 480;

  // An odd number of cache lines keeps the rows of a tile in different sets of the first cache.
  static final long W_ROW_BYTES = ELEMENTS * Float.BYTES + 64;
  static final long Y_ROW_BYTES = TOKENS * Float.BYTES + 64;

  static final long W_BYTES = ROWS * W_ROW_BYTES;
  static final long Y_BYTES = ROWS * Y_ROW_BYTES;

  // Offsets in the scratch of a thread: weights, sums so far, sums of a panel over a run.
  static final long Y_AT = W_BYTES;
  static final long PARTIAL_AT = Y_AT + Y_BYTES;
  static final long SCRATCH_BYTES = PARTIAL_AT + Y_BYTES;

  private PanelBlock() {}
}
