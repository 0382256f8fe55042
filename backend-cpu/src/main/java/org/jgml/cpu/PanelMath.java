package org.jgml.cpu;

import java.lang.foreign.MemorySegment;

/// Functions of panels: matrices of F32 whose columns belong to different queries, so that one
/// vector holds the same thing of several queries.
///
/// Panels are dense and begin at a multiple of a vector; their width is that of [#width].
interface PanelMath {
  /// Rows that [#multiply] computes at once.
  int ROWS = 8;

  /// The addresses of a matrix `w` that multiplies panels: element `(i, j)` is `i · rowBytes + j ·
  /// stepBytes` behind its start.
  ///
  /// @param width columns of the panels
  record Product(int width, long rowBytes, long stepBytes) {}

  /// Columns of the panel for this many queries, or for the first of them if they are too many.
  int width(int queries);

  /// Adds to 8 rows of a panel: `y[i] += Σ_j w[i, j] · x[j]` for `j < steps`.
  void multiply(
      Product product,
      MemorySegment w,
      long wAt,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      int steps);

  /// Sets to minus infinity what a column does not see: rows, numbered from `firstRow` on, outside
  /// its range.
  ///
  /// @param ranges two rows, the first and the last number that each column sees
  void hide(
      int width,
      MemorySegment panel,
      long panelAt,
      int firstRow,
      MemorySegment ranges,
      long rangesAt,
      int rows);

  /// One step of online softmax down the columns: replaces logits by `exp(logit - max)`.
  ///
  /// @param state three rows: the maximum so far, the sum so far, and, as a result, the factor for
  ///   what was summed before
  void softmax(
      int width, MemorySegment logits, long logitsAt, MemorySegment state, long stateAt, int rows);

  /// Multiplies each column by its factor.
  void scale(
      int width, MemorySegment panel, long panelAt, MemorySegment factors, long at, int rows);

  /// Adds softmax weights: `sums += exp(logits - max) · factor`.
  ///
  /// @param state two rows: the maximum and the factor of each column
  void addWeights(
      int width,
      MemorySegment logits,
      long logitsAt,
      MemorySegment state,
      long stateAt,
      MemorySegment sums,
      long sumsAt,
      int rows);

  /// Adds groups of columns to another matrix: to its column `c < count`, in each row, column
  /// numbered `c + step · g` of the panel for every group `g`.
  ///
  /// @param step columns from one group to the next
  /// @param groups how many there are
  /// @param yRowBytes bytes from one row of `y` to the next
  void addColumns(
      int width,
      int step,
      int groups,
      int count,
      MemorySegment panel,
      long panelAt,
      MemorySegment y,
      long yAt,
      long yRowBytes,
      int rows);
}
