package org.jgml.models.tokenizer;

import java.util.Arrays;

/// Joins neighbouring symbols, the pair of lowest rank first and the leftmost of equals, until no
/// pair has a rank.
///
/// Both tokenizer algorithms are this loop and differ in the rank of a pair. The symbols form a
/// linked list and the pairs a priority queue, so n symbols cost O(n log n).
final class PairMerging {
  /// The rank of a pair that is never joined.
  static final int NO_RANK = Integer.MAX_VALUE;

  private static final int NONE = -1;

  /// Symbols in a row, addressed by the position each had at the start.
  interface Symbols {
    int count();

    /// The rank of joining the symbols at these positions, or [#NO_RANK].
    int rank(int left, int right);

    /// Makes the symbol at `left` the join of both; the one at `right` is not asked for again.
    void join(int left, int right, int rank);
  }

  private final Symbols symbols;
  private final int[] previous;
  private final int[] next;

  /// The rank of the pair that begins at a position, by which queue entries are known to be stale.
  private final int[] ranks;

  private final LongHeap queue = new LongHeap();

  private PairMerging(Symbols symbols) {
    this.symbols = symbols;
    int count = symbols.count();
    previous = new int[count];
    next = new int[count];
    ranks = new int[count];
    Arrays.setAll(previous, position -> position - 1);
    Arrays.setAll(next, position -> position + 1 < count ? position + 1 : NONE);
  }

  /// Joins what can be joined.
  ///
  /// @return the positions of the symbols that are left, in order
  static int[] merge(Symbols symbols) {
    PairMerging merging = new PairMerging(symbols);
    merging.run();
    return merging.remaining();
  }

  private void run() {
    for (int position = 0; position < next.length; position++) {
      rankPairAt(position);
    }
    while (!queue.isEmpty()) {
      long entry = queue.removeMinimum();
      int rank = (int) (entry >> Integer.SIZE);
      int left = (int) entry;
      if (ranks[left] == rank) {
        joinPairAt(left, rank);
      }
    }
  }

  private void joinPairAt(int left, int rank) {
    int right = next[left];
    symbols.join(left, right, rank);
    ranks[right] = NO_RANK;
    next[left] = next[right];
    if (next[left] != NONE) {
      previous[next[left]] = left;
    }
    rankPairAt(left);
    if (previous[left] != NONE) {
      rankPairAt(previous[left]);
    }
  }

  private void rankPairAt(int left) {
    ranks[left] = next[left] == NONE ? NO_RANK : symbols.rank(left, next[left]);
    if (ranks[left] != NO_RANK) {
      queue.add((long) ranks[left] << Integer.SIZE | left);
    }
  }

  private int[] remaining() {
    IntList positions = new IntList();
    int position = next.length == 0 ? NONE : 0;
    while (position != NONE) {
      positions.add(position);
      position = next[position];
    }
    return positions.toArray();
  }
}
