package org.jgml.models.tokenizer;

import java.util.Arrays;

/// Slices of a text that are joined, at first one per character.
final class CharacterSymbols implements PairMerging.Symbols {
  /// The order in which neighbours are joined.
  @FunctionalInterface
  interface PairRank {
    /// The rank of the pair that lies before and after `middle`; [PairMerging#NO_RANK] if it is not
    /// to be joined.
    int of(String text, int start, int middle, int end);
  }

  private final String text;
  private final PairRank rank;
  private final int[] starts;
  private final int[] ends;

  CharacterSymbols(String text, PairRank rank) {
    this.text = text;
    this.rank = rank;
    IntList offsets = new IntList();
    for (int at = 0; at < text.length(); at = text.offsetByCodePoints(at, 1)) {
      offsets.add(at);
    }
    starts = offsets.toArray();
    ends = new int[starts.length];
    Arrays.setAll(ends, i -> i + 1 < starts.length ? starts[i + 1] : text.length());
  }

  String text(int position) {
    return text.substring(starts[position], ends[position]);
  }

  @Override
  public int count() {
    return starts.length;
  }

  @Override
  public int rank(int left, int right) {
    return rank.of(text, starts[left], starts[right], ends[right]);
  }

  @Override
  public void join(int left, int right, int rank) {
    ends[left] = ends[right];
  }
}
