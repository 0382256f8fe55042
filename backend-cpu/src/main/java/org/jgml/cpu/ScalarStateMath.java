package org.jgml.cpu;

import static org.jgml.cpu.ScalarRowMath.get;
import static org.jgml.cpu.ScalarRowMath.set;

import java.lang.foreign.MemorySegment;

/// Functions of states in plain Java.
final class ScalarStateMath implements StateMath {
  private static final int COLUMNS = 32;

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public void decay(
      MemorySegment scratch, long block, int rows, long factors, long weights, long y) {
    for (int column = 0; column < COLUMNS; column++) {
      float sum = 0;
      for (int row = 0; row < rows; row++) {
        int at = row * COLUMNS + column;
        float value = get(scratch, factors, row) * get(scratch, block, at);
        set(scratch, block, at, value);
        sum += get(scratch, weights, row) * value;
      }
      set(scratch, y, column, sum);
    }
  }

  @Override
  public void add(
      MemorySegment scratch, long block, int rows, long factors, long x, long weights, long y) {
    for (int column = 0; column < COLUMNS; column++) {
      float sum = 0;
      for (int row = 0; row < rows; row++) {
        int at = row * COLUMNS + column;
        float value =
            get(scratch, block, at) + get(scratch, factors, row) * get(scratch, x, column);
        set(scratch, block, at, value);
        sum += get(scratch, weights, row) * value;
      }
      set(scratch, y, column, sum);
    }
  }
}
