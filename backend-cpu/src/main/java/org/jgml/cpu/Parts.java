package org.jgml.cpu;

/// How many items, such as rows, each part of a kernel computes.
record Parts(int items, int itemsPerPart) {
  /// Work below this is not worth a part of its own.
  private static final long LEAST_NANOS = 5_000;

  /// More parts than workers, since workers do not run equally fast.
  private static final int PARTS_PER_WORKER = 4;

  /// Parts of at least some 5 µs.
  ///
  /// @param nanos estimated time for one item
  static Parts of(int items, long nanos, int workers) {
    long worthwhile = Math.max(1, items * nanos / LEAST_NANOS);
    int parts = (int) Math.min(worthwhile, (long) workers * PARTS_PER_WORKER);
    return new Parts(items, Math.max(1, Math.ceilDiv(items, parts)));
  }

  /// The same with a whole number of groups of items in each part.
  Parts ofWhole(int group) {
    return new Parts(items, Math.ceilDiv(itemsPerPart, group) * group);
  }

  int count() {
    return Math.ceilDiv(items, itemsPerPart);
  }

  int first(int part) {
    return part * itemsPerPart;
  }

  int end(int part) {
    return Math.min(items, (part + 1) * itemsPerPart);
  }
}
