package org.jgml.models.cli;

import java.util.Locale;
import org.jgml.core.op.AttentionColumnSums.Summand;
import org.jgml.kvcache.BlockScorer;

/// Names of scorers on the command line.
enum ScorerName {
  REPRESENTATIVES,
  REPRESENTATIVES_PER_KEY_HEAD,
  REPRESENTATIVES_BY_PRODUCT,
  MEAN,
  BOXES,
  UNION;

  /// The scorer.
  ///
  /// @param representatives tokens of a block that represent it
  /// @param boxTokens tokens of a box
  BlockScorer scorer(int representatives, int boxTokens) {
    BlockScorer published = new BlockScorer.Representatives(representatives);
    BlockScorer boxes = new BlockScorer.Boxes(boxTokens);
    return switch (this) {
      case REPRESENTATIVES -> published;
      case REPRESENTATIVES_PER_KEY_HEAD ->
          new BlockScorer.Representatives(
              representatives, BlockScorer.Representatives.Heads.KEY, Summand.SOFTMAX_WEIGHT);
      case REPRESENTATIVES_BY_PRODUCT ->
          new BlockScorer.Representatives(
              representatives, BlockScorer.Representatives.Heads.QUERY, Summand.LOGIT);
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
