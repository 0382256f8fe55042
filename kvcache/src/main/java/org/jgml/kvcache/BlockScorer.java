package org.jgml.kvcache;

/// How the blocks that a query looks at are chosen: what is kept of a block when it is sealed, and
/// how a query is compared with it.
public sealed interface BlockScorer {
  /// InfLLM's own: of each block the keys that drew most attention, for each query head the mean of
  /// its own. The score is the sum over heads of the products with the query.
  ///
  /// @param count tokens of a block that represent it (`repr_topk`)
  record Representatives(int count) implements BlockScorer {
    @Override
    public void requireBlockSize(int blockSize) {
      CacheLengths.require(
          count >= 1 && count <= blockSize,
          "--repr-topk %d of blocks of %d tokens (--block-size)".formatted(count, blockSize));
    }

    @Override
    public boolean needsAttentionSums() {
      return true;
    }

    @Override
    public int indexLength(LayerShape layer) {
      return layer.queryLength();
    }
  }

  /// @throws IllegalArgumentException if blocks of this size cannot be summarised
  void requireBlockSize(int blockSize);

  /// Whether a block is summarised by the attention that its tokens got.
  boolean needsAttentionSums();

  /// Elements kept of a block for one layer.
  int indexLength(LayerShape layer);
}
