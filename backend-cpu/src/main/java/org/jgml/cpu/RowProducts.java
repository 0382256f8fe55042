package org.jgml.cpu;

import java.lang.foreign.MemorySegment;

/// Products of single rows with blocks of rows, for attention where few queries share a key head.
///
/// A block is up to [#BLOCK_ROWS] rows of F32, [#ROW_BYTES] apart, and so are other rows. All lies
/// in one segment; distances are constants, so that the compiler checks bounds once a loop. Sums
/// depend on nothing but operands and the vector width.
interface RowProducts {
  int BLOCK_ROWS = 64;

  /// The longest row.
  int MOST_ELEMENTS = 256;

  /// Bytes from one row to the next: an odd number of cache lines, so that rows lie in different
  /// sets of the first cache.
  long ROW_BYTES = 4L * MOST_ELEMENTS + 64;

  /// Bytes from the products of one row with a block to those of the next.
  long PRODUCTS_BYTES = 4L * BLOCK_ROWS + 64;

  /// Rows that share a key head, up to which rows are faster than panels.
  int few();

  /// The length of rows in memory: what is behind `elements` has to be 0.
  int padded(int elements);

  /// Writes `y[j] = x · block[j]`. What is behind the products in their [#PRODUCTS_BYTES] becomes
  /// undefined; rows of the block behind the last are read, and mean nothing.
  ///
  /// @param elements of a row, without padding
  void multiply(MemorySegment scratch, long x, long block, int rows, int elements, long y);

  /// Adds a block to two sums: `y[i] += Σ_j w[i][j] · block[j]` for `i < 2`.
  ///
  /// @param w two rows of weights, [#PRODUCTS_BYTES] apart
  /// @param elements of a row, without padding
  /// @param y two rows
  void addWeighted(MemorySegment scratch, long w, long block, int rows, int elements, long y);
}
