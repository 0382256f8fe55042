package org.jgml.cpu;

import java.util.Arrays;

/// The smallest of the keys that are offered: a heap whose root is the largest of them.
final class SmallestKeys {
  private final long[] heap;
  private int size;

  /// @param count how many are kept
  SmallestKeys(int count) {
    this.heap = new long[count];
  }

  /// Forgets all.
  void clear() {
    size = 0;
  }

  /// Keeps a key if it is one of the smallest.
  void offer(long key) {
    if (key < limit()) {
      keep(key);
    }
  }

  /// What a key must be below to be kept.
  long limit() {
    return size == heap.length ? heap[0] : Long.MAX_VALUE;
  }

  /// Keeps a key that is below the limit.
  ///
  /// @return the limit from now on
  long keep(long key) {
    if (size == heap.length) {
      siftDown(0, key);
    } else {
      heap[size++] = key;
      if (size == heap.length) {
        for (int parent = size / 2 - 1; parent >= 0; parent--) {
          siftDown(parent, heap[parent]);
        }
      }
    }
    return limit();
  }

  /// The keys that are kept, once as many as that were offered, in order; not to be offered any
  /// more until [#clear].
  long[] sorted() {
    Arrays.sort(heap);
    return heap;
  }

  /// Puts a key in the place of a node, or of one below it.
  private void siftDown(int place, long key) {
    int node = place;
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
}
