package org.jgml.kvcache;

import java.util.List;
import org.jgml.core.op.AttentionColumnSums.Summand;

/// How the blocks that a query looks at are chosen: what is kept of a block when it is sealed, and
/// how a query is compared with it.
public sealed interface BlockScorer {
  /// InfLLM's own: of each block the keys that drew most attention, and of these the mean. The
  /// score is the sum over heads of the products with the query.
  ///
  /// @param count tokens of a block that represent it (`repr_topk`)
  /// @param heads which heads choose and keep representatives of their own
  /// @param measure what counts as attention: the softmax mass as in the published code, or the
  ///   product of query and key as in the paper's formula (section 3.2)
  record Representatives(int count, Heads heads, Summand measure) implements BlockScorer {
    /// Whose representatives there are.
    public enum Heads {
      /// Each query head's, as published.
      QUERY,
      /// Each key head's, by the attention of all its query heads: a smaller index.
      KEY
    }

    /// As published.
    public Representatives(int count) {
      this(count, Heads.QUERY, Summand.SOFTMAX_WEIGHT);
    }

    @Override
    public void requireBlockSize(int blockSize) {
      CacheLengths.require(
          count >= 1 && count <= blockSize,
          "--repr-topk %d of blocks of %d tokens (--block-size)".formatted(count, blockSize));
    }
  }

  /// The mean of all keys of a block.
  record MeanKey() implements BlockScorer {
    @Override
    public void requireBlockSize(int blockSize) {
      // Any block has a mean.
    }
  }

  /// The largest and the smallest value of each element over the keys of a part of a block, which
  /// bound the product of a query with any of them from above (Tang et al. 2024, *Quest*). The
  /// score of a block is that of its best part.
  ///
  /// @param tokens tokens of a part
  record Boxes(int tokens) implements BlockScorer {
    @Override
    public void requireBlockSize(int blockSize) {
      CacheLengths.require(
          tokens >= 1 && blockSize % tokens == 0,
          "blocks of %d tokens (--block-size) are no whole number of boxes of %d"
              .formatted(blockSize, tokens));
    }
  }

  /// Half of the blocks by one scorer, the others by another.
  ///
  /// @param first chooses half of them, rounded up
  /// @param second chooses the best of those that the first has not chosen
  record Union(BlockScorer first, BlockScorer second) implements BlockScorer {
    /// @throws IllegalArgumentException if one of them is itself a union, or both are alike
    public Union {
      CacheLengths.require(
          !(first instanceof Union) && !(second instanceof Union), "a union of unions of scorers");
      CacheLengths.require(
          first.getClass() != second.getClass(), "a union of two scorers of one kind");
    }

    @Override
    public void requireBlockSize(int blockSize) {
      first.requireBlockSize(blockSize);
      second.requireBlockSize(blockSize);
    }
  }

  /// @throws IllegalArgumentException if blocks of this size cannot be summarised
  void requireBlockSize(int blockSize);

  /// The scorers that this one is made of.
  default List<BlockScorer> parts() {
    return this instanceof Union(BlockScorer first, BlockScorer second)
        ? List.of(first, second)
        : List.of(this);
  }

  /// What tokens are measured by while they are in the window; null if nothing is.
  default Summand measure() {
    return parts().stream()
        .map(part ->
            part instanceof Representatives(int _, Representatives.Heads _, Summand measure)
                ? measure
                : null)
        .filter(measure -> measure != null)
        .findFirst()
        .orElse(null);
  }

  /// Whether blocks have boxes, from which the attention that is missed can be bounded.
  default boolean hasBoxes() {
    return parts().stream().anyMatch(Boxes.class::isInstance);
  }
}
