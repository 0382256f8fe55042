package org.jgml.models.cli;

import java.util.Locale;
import org.jgml.core.op.AttentionColumnSums.Summand;
import org.jgml.kvcache.BlockScorer;

/// Names of scorers on the command line.
enum ScorerName {
  REPRESENTATIVES,
  REPRESENTATIVES_PER_KEY_HEAD,
  MEAN,
  BOXES,
  UNION;

  /// Tokens of a box, where blocks are so large.
  private static final int BOX_TOKENS = 16;

  /// The scorer.
  ///
  /// @param representatives tokens of a block that represent it
  /// @param blockSize tokens of a block
  BlockScorer scorer(int representatives, int blockSize) {
    BlockScorer published = new BlockScorer.Representatives(representatives);
    BlockScorer boxes = new BlockScorer.Boxes(blockSize % BOX_TOKENS == 0 ? BOX_TOKENS : blockSize);
    return switch (this) {
      case REPRESENTATIVES -> published;
      case REPRESENTATIVES_PER_KEY_HEAD ->
          new BlockScorer.Representatives(
              representatives, BlockScorer.Representatives.Heads.KEY, Summand.SOFTMAX_WEIGHT);
      case MEAN -> new BlockScorer.MeanKey();
      case BOXES -> boxes;
      case UNION -> new BlockScorer.Union(published, boxes);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
