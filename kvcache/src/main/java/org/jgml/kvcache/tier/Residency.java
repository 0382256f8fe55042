package org.jgml.kvcache.tier;

import java.util.Arrays;

/// Which block is in which slot of a pool, and which slot is to be given up next. Counts lookups;
/// what the last one asked for is never given up.
final class Residency {
  private static final int NONE = -1;
  private static final int FIRST_IDS = 64;

  /// Below this a score counts as zero: subnormal products would be slow.
  private static final double SMALLEST_SCORE = 1e-30;

  private final ReplacementPolicy policy;
  private final int[] blockOf;
  private int[] slotOf = new int[0];
  private final long[] lastAsked;
  private final long[] rank;
  private final double[] score;
  private long lookup = 1;
  private long loads;

  Residency(int slots, ReplacementPolicy policy) {
    this.policy = policy;
    blockOf = new int[slots];
    lastAsked = new long[slots];
    rank = new long[slots];
    score = new double[slots];
    clear();
  }

  void clear() {
    for (int slot = 0; slot < blockOf.length; slot++) {
      forget(slot);
    }
    slotOf = new int[FIRST_IDS];
    Arrays.fill(slotOf, NONE);
  }

  /// The slot of a block, or -1.
  int find(int block) {
    return block < slotOf.length ? slotOf[block] : NONE;
  }

  /// The block of a slot, or -1.
  int block(int slot) {
    return blockOf[slot];
  }

  void beginLookup() {
    lookup++;
    if (policy instanceof ReplacementPolicy.FrequencyScore(double decay)) {
      for (int slot = 0; slot < score.length; slot++) {
        double decayed = score[slot] * decay;
        score[slot] = decayed < SMALLEST_SCORE ? 0 : decayed;
      }
    }
  }

  /// Whether the lookup has asked for the block of this slot.
  boolean isAsked(int slot) {
    return lastAsked[slot] == lookup;
  }

  /// Notes that the lookup asks for the block of a slot.
  void ask(int slot) {
    if (!isAsked(slot)) {
      lastAsked[slot] = lookup;
      touch(slot);
    }
  }

  private void touch(int slot) {
    switch (policy) {
      case ReplacementPolicy.Lru _ -> rank[slot] = lookup;
      case ReplacementPolicy.FrequencyScore _ -> {
        rank[slot] = lookup;
        score[slot]++;
      }
      case ReplacementPolicy.Fifo _ -> {}
    }
  }

  /// The slot to give up next, empty ones first; -1 if the last lookup asked for all.
  int victim() {
    int victim = NONE;
    for (int slot = 0; slot < blockOf.length; slot++) {
      if (lastAsked[slot] != lookup && (victim == NONE || isBefore(slot, victim))) {
        victim = slot;
      }
    }
    return victim;
  }

  private boolean isBefore(int slot, int other) {
    if (score[slot] != score[other]) {
      return score[slot] < score[other];
    }
    return rank[slot] < rank[other];
  }

  /// Puts a block into a slot, in place of the one that is there.
  void put(int block, int slot) {
    drop(slot);
    if (block >= slotOf.length) {
      int old = slotOf.length;
      slotOf = Arrays.copyOf(slotOf, Math.max(block + 1, 2 * old));
      Arrays.fill(slotOf, old, slotOf.length, NONE);
    }
    slotOf[block] = slot;
    blockOf[slot] = block;
    rank[slot] = policy instanceof ReplacementPolicy.Fifo ? ++loads : lookup;
  }

  /// Empties a slot.
  void drop(int slot) {
    if (blockOf[slot] != NONE) {
      slotOf[blockOf[slot]] = NONE;
    }
    forget(slot);
  }

  private void forget(int slot) {
    blockOf[slot] = NONE;
    lastAsked[slot] = 0;
    rank[slot] = 0;
    score[slot] = 0;
  }

  /// The blocks that are there, by slot.
  int[] blocks() {
    return Arrays.stream(blockOf).filter(block -> block != NONE).toArray();
  }
}
