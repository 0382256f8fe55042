package org.jgml.cpu;

import static org.jgml.cpu.ScalarRowMath.get;
import static org.jgml.cpu.ScalarRowMath.set;

import java.lang.foreign.MemorySegment;

/// Products of rows in plain Java.
final class ScalarRowProducts implements RowProducts {
  private static final int FEW = 8;

  @Override
  public int few() {
    return FEW;
  }

  @Override
  public int padded(int elements) {
    return elements;
  }

  @Override
  public void multiply(MemorySegment scratch, long x, long block, int rows, int elements, long y) {
    for (int row = 0; row < rows; row++) {
      float sum = 0;
      for (int i = 0; i < elements; i++) {
        sum += get(scratch, x, i) * get(scratch, block + row * ROW_BYTES, i);
      }
      set(scratch, y, row, sum);
    }
  }

  @Override
  public void addWeighted(
      MemorySegment scratch, long w, long block, int rows, int elements, long y) {
    for (int i = 0; i < 2; i++) {
      for (int row = 0; row < rows; row++) {
        float weight = get(scratch, w + i * PRODUCTS_BYTES, row);
        long sumAt = y + i * ROW_BYTES;
        for (int element = 0; element < elements; element++) {
          float summand = weight * get(scratch, block + row * ROW_BYTES, element);
          set(scratch, sumAt, element, get(scratch, sumAt, element) + summand);
        }
      }
    }
  }
}
