package org.jgml.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.util.Arrays;
import org.jgml.core.backend.Step;

/// The indices of the first elements of each row in order, as many as the result has.
///
/// An element and its index make one `long`, so that comparing these orders by value and then by
/// index, and nothing is allocated. A heap keeps the smallest keys.
final class SortKernel implements Kernel {
  private static final int SORT_NANOS = 20;

  private final Rows x;
  private final Rows y;
  private final boolean isDescending;
  private final Parts parts;
  private final long[][] keysOfWorker;

  SortKernel(Step step, boolean isDescending, SegmentCompiler compiler) {
    this.x = Rows.of(step.input(0));
    this.y = Rows.of(step.output());
    this.isDescending = isDescending;
    this.parts = Parts.of(x.count(), (long) SORT_NANOS * x.length(), compiler.workers());
    this.keysOfWorker = new long[compiler.workers()][];
  }

  @Override
  public int parts() {
    return parts.count();
  }

  @Override
  public void run(int part, int worker) {
    if (keysOfWorker[worker] == null) {
      keysOfWorker[worker] = new long[y.length()];
    }
    long[] keys = keysOfWorker[worker];
    for (int row = parts.first(part); row < parts.end(part); row++) {
      select(x.at(row), keys);
      Arrays.sort(keys);
      for (int i = 0; i < keys.length; i++) {
        y.segment().set(JAVA_INT_UNALIGNED, y.at(row) + 4L * i, (int) keys[i]);
      }
    }
  }

  /// Finds the smallest keys of a row, in any order.
  private void select(long at, long[] heap) {
    for (int i = 0; i < heap.length; i++) {
      heap[i] = key(at, i);
    }
    if (heap.length < x.length()) {
      for (int parent = heap.length / 2 - 1; parent >= 0; parent--) {
        siftDown(heap, parent);
      }
    }
    for (int i = heap.length; i < x.length(); i++) {
      long key = key(at, i);
      if (key < heap[0]) {
        heap[0] = key;
        siftDown(heap, 0);
      }
    }
  }

  /// Restores the order of a heap, whose root is the largest key, below a node.
  private static void siftDown(long[] heap, int node) {
    long key = heap[node];
    int child = 2 * node + 1;
    while (child < heap.length) {
      if (child + 1 < heap.length && heap[child + 1] > heap[child]) {
        child++;
      }
      if (heap[child] <= key) {
        break;
      }
      heap[node] = heap[child];
      node = child;
      child = 2 * node + 1;
    }
    heap[node] = key;
  }

  private long key(long at, int i) {
    int order = order(ScalarRowMath.get(x.segment(), at, i));
    // The complement turns the order round and, unlike the negative, has no overflow.
    return (long) (isDescending ? ~order : order) << Integer.SIZE | i;
  }

  /// An integer that orders numbers as their values do; NaN comes before all, zeros are equal.
  private static int order(float value) {
    if (Float.isNaN(value)) {
      return Integer.MIN_VALUE;
    }
    int bits = Float.floatToRawIntBits(value + 0f);
    return bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
  }
}
