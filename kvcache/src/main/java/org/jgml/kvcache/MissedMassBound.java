package org.jgml.kvcache;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Bounds the softmax mass of blocks that are not looked at.
///
/// If no product of a query with a key of a block is above `u`, the block's part of the softmax sum
/// is at most `blockSize · exp(logit of u)`; against the sum of what was looked at, that is a
/// share.
final class MissedMassBound {
  /// More than the sums of a graph in single precision, and those here over a million blocks, are
  /// wrong by, as a share.
  private static final double MARGIN = 1e-5;

  private final int blockSize;
  private final int heads;
  private final AttentionScores scores;
  private final double wanted;
  private final float[] shares;

  MissedMassBound(int blockSize, LayerShape layer, MissedMass missed) {
    this.blockSize = blockSize;
    this.heads = layer.heads();
    this.scores = layer.scores();
    this.wanted = missed instanceof MissedMass.Limited(double share) ? share : 1;
    this.shares = new float[heads];
  }

  /// The largest part of a softmax sum, relative to `exp(max)`, that a block can have.
  private double mass(MemorySegment bounds, int head, int block, double max) {
    long capacity = bounds.byteSize() / Float.BYTES / heads;
    double logit = scores.scale() * (double) bounds.getAtIndex(JAVA_FLOAT, head * capacity + block);
    double cap = scores.softCap();
    double capped = cap == 0 ? logit : cap * Math.tanh(logit / cap);
    return blockSize * Math.exp(capped - max) * (1 + MARGIN);
  }

  private double max(MemorySegment attended, int head) {
    long width = attended.byteSize() / Float.BYTES / heads;
    return attended.getAtIndex(JAVA_FLOAT, (head + 1) * width - 2);
  }

  private double sum(MemorySegment attended, int head) {
    long width = attended.byteSize() / Float.BYTES / heads;
    return attended.getAtIndex(JAVA_FLOAT, (head + 1) * width - 1) * (1 - MARGIN);
  }

  private static double share(double missed, double sum) {
    double share = missed == Double.POSITIVE_INFINITY ? 1 : missed / (sum + missed);
    return missed == 0 ? 0 : Math.min(1, share * (1 + MARGIN));
  }

  /// For each head the largest share of its attention that blocks not looked at can have.
  ///
  /// @param bounds of products, F32 `[heads, capacity]`
  /// @param attended what was looked at, F32 `[1, heads, valueSize + 2]`
  /// @param there blocks that there are
  /// @param selected the first `count` are looked at, ascending
  /// @return an array of this object's own
  float[] shares(
      MemorySegment bounds, MemorySegment attended, int there, int[] selected, int count) {
    for (int head = 0; head < heads; head++) {
      double max = max(attended, head);
      double missed = 0;
      int next = 0;
      for (int block = 0; block < there; block++) {
        if (next < count && selected[next] == block) {
          next++;
        } else {
          missed += mass(bounds, head, block, max);
        }
      }
      shares[head] = (float) share(missed, sum(attended, head));
    }
    return shares;
  }

  /// Chooses the blocks that matter most until no head can miss more than the wanted share, or
  /// there is no more room.
  ///
  /// @param known what is attended to without blocks
  /// @param selected takes them, in no order
  /// @return how many they are
  int select(MemorySegment bounds, MemorySegment known, int there, int[] selected) {
    double[][] masses = new double[heads][there];
    double[] urgency = new double[there];
    for (int head = 0; head < heads; head++) {
      double max = max(known, head);
      double sum = sum(known, head);
      for (int block = 0; block < there; block++) {
        masses[head][block] = mass(bounds, head, block, max) / sum;
        urgency[block] = Math.max(urgency[block], masses[head][block]);
      }
    }
    int[] order =
        IntStream.range(0, there)
            .boxed()
            .sorted(Comparator.comparingDouble(block -> -urgency[block]))
            .mapToInt(block -> block)
            .toArray();
    int count = Math.min(there - negligible(order, masses), selected.length);
    System.arraycopy(order, 0, selected, 0, count);
    return count;
  }

  /// How many of the last blocks can be left out together.
  private int negligible(int[] order, double[][] masses) {
    double[] missed = new double[heads];
    for (int left = 0; left < order.length; left++) {
      int block = order[order.length - 1 - left];
      for (int head = 0; head < heads; head++) {
        missed[head] += masses[head][block];
        if (share(missed[head], 1) > wanted) {
          return left;
        }
      }
    }
    return order.length;
  }
}
