package org.jgml.cpu;

/// An element of a row and its index in one `long`: comparing these orders by value and then by
/// index, and nothing is allocated.
final class RowKey {
  private RowKey() {}

  /// A key that is smaller for smaller values; NaN comes before all, zeros are equal.
  static long ascending(float value, int index) {
    return (long) order(value) << Integer.SIZE | index;
  }

  /// A key that is smaller for larger values; NaN comes after all, zeros are equal.
  static long descending(float value, int index) {
    // The complement turns the order round and, unlike the negative, has no overflow.
    return (long) ~order(value) << Integer.SIZE | index;
  }

  static int index(long key) {
    return (int) key;
  }

  private static int order(float value) {
    if (Float.isNaN(value)) {
      return Integer.MIN_VALUE;
    }
    int bits = Float.floatToRawIntBits(value + 0f);
    return bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
  }
}
