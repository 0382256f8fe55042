package org.jgml.cpu;

import java.util.Arrays;

/// The choices of a matmul_id step ordered by expert and cut into tiles of one expert each. Filled
/// anew in each run.
final class ExpertTiles {
  /// Choices of a tile, at most: enough to read weights seldom, few enough for scratch memory.
  static final int MOST_CHOICES = 64;

  private final Indices ids;
  private final int experts;
  private final String name;

  /// Choices in the order of their experts; choice `i` is element `i` of the ids.
  private final int[] ordered;

  private final int[] ends;
  private final int[] tileFirsts;
  private final int[] tileExperts;
  private int tiles;

  /// @param choices how many there are
  ExpertTiles(Indices ids, int choices, int experts, String name) {
    this.ids = ids;
    this.experts = experts;
    this.name = name;
    this.ordered = new int[choices];
    this.ends = new int[experts];
    int most = choices / MOST_CHOICES + Math.min(choices, experts);
    this.tileFirsts = new int[most + 1];
    this.tileExperts = new int[most];
  }

  /// Reads the ids.
  void fill() {
    Arrays.fill(ends, 0);
    for (int choice = 0; choice < ordered.length; choice++) {
      ends[expert(choice)]++;
    }
    cutTiles();
    for (int choice = ordered.length - 1; choice >= 0; choice--) {
      ordered[--ends[expert(choice)]] = choice;
    }
  }

  private int expert(int choice) {
    int used = ids.rowLength();
    return ids.get(choice / used, choice % used, experts, name);
  }

  /// Turns the number of choices of each expert into where they end, and cuts them.
  private void cutTiles() {
    tiles = 0;
    int end = 0;
    for (int expert = 0; expert < experts; expert++) {
      int first = end;
      end += ends[expert];
      ends[expert] = end;
      for (; first < end; first += MOST_CHOICES) {
        tileFirsts[tiles] = first;
        tileExperts[tiles++] = expert;
      }
    }
    tileFirsts[tiles] = end;
  }

  int count() {
    return tiles;
  }

  int expertOf(int tile) {
    return tileExperts[tile];
  }

  /// The number of choices in a tile.
  int choices(int tile) {
    return tileFirsts[tile + 1] - tileFirsts[tile];
  }

  /// Choice `i` of a tile.
  int choice(int tile, int i) {
    return ordered[tileFirsts[tile] + i];
  }
}
