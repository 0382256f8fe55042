package org.jgml.opencl;

import org.jgml.core.tensor.DataType;

/// How a work-group of `matmul.cl` cuts its product.
///
/// @param tokens token rows that it takes at once
/// @param rows weight rows that it takes at once
/// @param unit elements of the inner dimension in one turn of the loop
/// @param lanes work-items that share the inner dimension
record ProductShape(int tokens, int rows, int unit, int lanes) {
  /// Token rows whose sums fit into registers beside those of three weight rows.
  private static final int MOST_TOKENS = 4;

  /// Weight rows of blocks of 256, whose loop is long: with more, a decode step takes 4 % longer.
  private static final int MOST_LONG_ROWS = 4;

  private static final long GROUPS_PER_UNIT = 8;
  private static final long MOST_TILES = 16;

  static ProductShape of(DataType type, long tokens, Tuning tuning) {
    int taken = (int) Math.min(Long.highestOneBit(tokens), MOST_TOKENS);
    if (tuning.productLanes() > 1) {
      int rows = taken == 1 ? tuning.productRows() : 1;
      return new ProductShape(taken, rows, 16, tuning.productLanes());
    }
    if (taken > 1) {
      return new ProductShape(taken, 3, 32, 1);
    }
    return type.blockElements() == 256
        ? new ProductShape(1, Math.min(tuning.productRows(), MOST_LONG_ROWS), 256, 1)
        : new ProductShape(1, tuning.productRows(), 32, 1);
  }

  /// How many tiles of rows, one after the other, a work-group makes: as many as leave several
  /// groups for each unit, since each group costs a microsecond.
  ///
  /// @param columns work-groups beside each other
  int tiles(long n, long columns, long computeUnits) {
    if (tokens > 1) {
      return 1;
    }
    long groups = Math.ceilDiv(n, rows) * columns;
    return (int) Math.clamp(groups / (computeUnits * GROUPS_PER_UNIT), 1, MOST_TILES);
  }

  ProgramSource define(ProgramSource source) {
    return source.with("TOKENS", tokens).with("ROWS", rows).with("UNIT", unit).with("LANES", lanes);
  }
}
