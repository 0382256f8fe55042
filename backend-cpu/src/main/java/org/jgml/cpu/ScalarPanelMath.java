package org.jgml.cpu;

import static org.jgml.cpu.ScalarRowMath.get;
import static org.jgml.cpu.ScalarRowMath.set;

import java.lang.foreign.MemorySegment;

/// Panel functions in plain Java.
final class ScalarPanelMath implements PanelMath {
  private static final int WIDTH = 8;

  @Override
  public int width(int queries) {
    return Math.min(queries, WIDTH);
  }

  @Override
  public void multiply(
      Product product,
      MemorySegment w,
      long wAt,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      int steps) {
    int width = product.width();
    for (int i = 0; i < ROWS; i++) {
      for (int column = 0; column < width; column++) {
        float sum = get(y, yAt, i * width + column);
        long at = wAt + i * product.rowBytes();
        for (int j = 0; j < steps; j++) {
          sum += w.get(RowMath.FLOAT, at) * get(x, xAt, j * width + column);
          at += product.stepBytes();
        }
        set(y, yAt, i * width + column, sum);
      }
    }
  }

  @Override
  public void hide(
      int width,
      MemorySegment panel,
      long panelAt,
      int firstRow,
      MemorySegment ranges,
      long rangesAt,
      int rows) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < width; column++) {
        int number = firstRow + row;
        boolean isSeen =
            number >= get(ranges, rangesAt, column)
                && number <= get(ranges, rangesAt, width + column);
        if (!isSeen) {
          set(panel, panelAt, row * width + column, Float.NEGATIVE_INFINITY);
        }
      }
    }
  }

  @Override
  public void softmax(
      int width, MemorySegment logits, long logitsAt, MemorySegment state, long stateAt, int rows) {
    for (int column = 0; column < width; column++) {
      float before = get(state, stateAt, column);
      float max = before;
      for (int row = 0; row < rows; row++) {
        max = Math.max(max, get(logits, logitsAt, row * width + column));
      }
      // Where nothing was seen yet, 0 keeps the differences from being NaN.
      float base = max == Float.NEGATIVE_INFINITY ? 0 : max;
      double sum = 0;
      for (int row = 0; row < rows; row++) {
        double weight = Math.exp(get(logits, logitsAt, row * width + column) - base);
        set(logits, logitsAt, row * width + column, weight);
        sum += weight;
      }
      double factor = Math.exp(before - base);
      set(state, stateAt, column, max);
      set(state, stateAt, width + column, get(state, stateAt, width + column) * factor + sum);
      set(state, stateAt, 2 * width + column, factor);
    }
  }

  @Override
  public void scale(
      int width, MemorySegment panel, long panelAt, MemorySegment factors, long at, int rows) {
    for (int i = 0; i < rows * width; i++) {
      set(panel, panelAt, i, get(panel, panelAt, i) * get(factors, at, i % width));
    }
  }

  @Override
  public void addWeights(
      int width,
      MemorySegment logits,
      long logitsAt,
      MemorySegment state,
      long stateAt,
      MemorySegment sums,
      long sumsAt,
      int rows) {
    for (int i = 0; i < rows * width; i++) {
      float max = get(state, stateAt, i % width);
      float factor = get(state, stateAt, width + i % width);
      double weight = factor * Math.exp(get(logits, logitsAt, i) - max);
      set(sums, sumsAt, i, get(sums, sumsAt, i) + weight);
    }
  }

  @Override
  public void addColumns(
      int width,
      int step,
      int groups,
      int count,
      MemorySegment panel,
      long panelAt,
      MemorySegment y,
      long yAt,
      long yRowBytes,
      int rows) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < count; column++) {
        float sum = get(y, yAt + row * yRowBytes, column);
        for (int group = 0; group < groups; group++) {
          sum += get(panel, panelAt, row * width + group * step + column);
        }
        set(y, yAt + row * yRowBytes, column, sum);
      }
    }
  }
}
