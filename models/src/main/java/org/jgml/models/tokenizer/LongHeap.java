package org.jgml.models.tokenizer;

import java.util.Arrays;

/// A priority queue of longs, smallest first, in a binary heap without boxes.
final class LongHeap {
  private long[] values = new long[16];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    int child = size++;
    while (child > 0 && values[(child - 1) / 2] > value) {
      values[child] = values[(child - 1) / 2];
      child = (child - 1) / 2;
    }
    values[child] = value;
  }

  /// Takes out the smallest value of a heap that is not empty.
  long removeMinimum() {
    long minimum = values[0];
    siftDown(values[--size]);
    return minimum;
  }

  private void siftDown(long value) {
    int parent = 0;
    int child = smallerChild(parent);
    while (child < size && values[child] < value) {
      values[parent] = values[child];
      parent = child;
      child = smallerChild(parent);
    }
    values[parent] = value;
  }

  private int smallerChild(int parent) {
    int left = 2 * parent + 1;
    return left + 1 < size && values[left + 1] < values[left] ? left + 1 : left;
  }
}
