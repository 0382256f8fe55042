package org.jgml.cpu;

import java.lang.foreign.MemorySegment;

/// What some of the keys contribute to the queries of a panel, as rows of the panel: the maximum of
/// the logits, the sum of the weights, a factor, and below them the weighted sum of the values.
record PanelPartial(MemorySegment segment, long at, int width, int valueRows) {
  private static final int STATE_ROWS = 3;

  static long bytes(int width, int valueRows) {
    return (long) (STATE_ROWS + valueRows) * width * Float.BYTES;
  }

  /// Says that no key contributes.
  void clear(RowMath math) {
    math.fill(Float.NEGATIVE_INFINITY, segment, at, width);
    math.fill(0, segment, at + rowBytes(), (2 + valueRows) * width);
  }

  private long rowBytes() {
    return (long) width * Float.BYTES;
  }

  long factorsAt() {
    return at + 2 * rowBytes();
  }

  long valuesAt() {
    return at + STATE_ROWS * rowBytes();
  }

  float max(int column) {
    return ScalarRowMath.get(segment, at, column);
  }

  float sum(int column) {
    return ScalarRowMath.get(segment, at, width + column);
  }

  float factor(int column) {
    return ScalarRowMath.get(segment, at, 2 * width + column);
  }

  /// Element `i` of the weighted sum of values.
  float value(int i, int column) {
    return ScalarRowMath.get(segment, valuesAt(), i * width + column);
  }

  void setMax(int column, float max) {
    ScalarRowMath.set(segment, at, column, max);
  }

  void setSum(int column, double sum) {
    ScalarRowMath.set(segment, at, width + column, sum);
  }

  void setFactor(int column, double factor) {
    ScalarRowMath.set(segment, at, 2 * width + column, factor);
  }
}
