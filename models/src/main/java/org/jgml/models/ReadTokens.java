package org.jgml.models;

import java.util.Arrays;

/// The tokens that a session has read, in order. Another thread may ask how many there are.
final class ReadTokens {
  private int[] tokens = {};
  private volatile int count;

  int count() {
    return count;
  }

  void add(int... more) {
    int sum = count + more.length;
    if (tokens.length < sum) {
      tokens = Arrays.copyOf(tokens, Math.max(sum, 2 * count));
    }
    System.arraycopy(more, 0, tokens, count, more.length);
    count = sum;
  }

  /// Forgets those from here on.
  void truncate(int newCount) {
    count = newCount;
  }

  int[] toArray() {
    return Arrays.copyOf(tokens, count);
  }
}
