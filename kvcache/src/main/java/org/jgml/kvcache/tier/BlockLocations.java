package org.jgml.kvcache.tier;

import java.util.Arrays;

/// Where each block of each layer lies, as a number that its store understands. Not thread-safe.
final class BlockLocations {
  private static final int FIRST_BLOCKS = 16;

  private final long[][] locations;
  private final int[] counts;

  BlockLocations(int layers) {
    locations = new long[layers][FIRST_BLOCKS];
    counts = new int[layers];
  }

  int layers() {
    return counts.length;
  }

  int count(int layer) {
    return counts[layer];
  }

  /// Blocks of all layers.
  long total() {
    return Arrays.stream(counts).asLongStream().sum();
  }

  /// @return the number of the block in its layer
  int append(int layer, long location) {
    int block = counts[layer];
    if (block == locations[layer].length) {
      locations[layer] = Arrays.copyOf(locations[layer], 2 * block);
    }
    locations[layer][block] = location;
    counts[layer]++;
    return block;
  }

  /// @throws IllegalArgumentException if there is no such block
  long location(int layer, int block) {
    if (block < 0 || block >= counts[layer]) {
      throw new IllegalArgumentException(
          "no block %d in layer %d, which has %d blocks".formatted(block, layer, counts[layer]));
    }
    return locations[layer][block];
  }

  /// For each layer, as many as it has blocks.
  long[][] copy() {
    long[][] copy = new long[counts.length][];
    Arrays.setAll(copy, layer -> Arrays.copyOf(locations[layer], counts[layer]));
    return copy;
  }

  void clear() {
    Arrays.fill(counts, 0);
  }
}
