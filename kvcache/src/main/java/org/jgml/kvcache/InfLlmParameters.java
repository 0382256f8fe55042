package org.jgml.kvcache;

import org.jgml.kvcache.tier.ReplacementPolicy;

/// How InfLLM cuts a text up and what it looks at (Xiao et al. 2024, *InfLLM: Training-Free
/// Long-Context Extrapolation for LLMs with an Efficient Context Memory*). The published names of
/// the parameters are given in brackets.
///
/// @param initialTokens tokens at the beginning of the text that are always seen (`n_init`)
/// @param localWindow tokens up to and with a query's own that it sees in their true places
///   (`n_local`)
/// @param blockSize tokens of a block (`block_size`)
/// @param sliceLength tokens of a prompt that choose blocks together (`exc_block_size`)
/// @param pooledBlocks blocks of a layer that are on the device (`max_cached_block`)
/// @param replacement which block makes room there (`cache_strategy`, `score_decay`)
/// @param mask which tokens between the window and the last block a query sees
/// @param selection which blocks are looked at
public record InfLlmParameters(
    int initialTokens,
    int localWindow,
    int blockSize,
    int sliceLength,
    int pooledBlocks,
    ReplacementPolicy replacement,
    FarMask mask,
    BlockSelection selection) {
  /// Which tokens that are in no block yet a query sees as far away.
  public enum FarMask {
    /// Those that have left its own window.
    EXACT,
    /// Those that have left the window of the last query of the slice, so that queries before it
    /// see some tokens twice: what the published code does.
    COMPATIBLE
  }

  /// @throws IllegalArgumentException if the parameters do not fit each other, with the reason
  public InfLlmParameters {
    CacheLengths.require(initialTokens >= 0, "--n-init cannot be " + initialTokens);
    CacheLengths.require(localWindow >= 1, "--n-local is at least 1, not " + localWindow);
    CacheLengths.require(blockSize >= 1, "--block-size is at least 1, not " + blockSize);
    CacheLengths.require(sliceLength >= 1, "--exc-block-size is at least 1, not " + sliceLength);
    CacheLengths.require(
        sliceLength <= localWindow,
        "--exc-block-size %d is more than --n-local %d: the first query of a slice would be out of the window of the last"
            .formatted(sliceLength, localWindow));
    CacheLengths.require(
        pooledBlocks >= Math.max(1, selection.blocks()),
        "--max-cached-block %d is less than --topk %d: the blocks of one lookup would not fit on the device"
            .formatted(pooledBlocks, selection.blocks()));
    selection.scorer().requireBlockSize(blockSize);
  }

  /// The published configuration of `mistral-inf-llm` and others: 4096 tokens of window and 16
  /// blocks of 128, of the 32 that are on the device.
  public static InfLlmParameters published() {
    return new InfLlmParameters(
        128,
        4096,
        128,
        512,
        32,
        new ReplacementPolicy.Lru(),
        FarMask.EXACT,
        BlockSelection.of(16, new BlockScorer.Representatives(4)));
  }

  /// The same with other lengths of what is seen in place: `n_init`, `n_local` and slices of
  /// `exc_block_size`.
  public InfLlmParameters withWindow(int initial, int window, int slice) {
    return new InfLlmParameters(
        initial, window, blockSize, slice, pooledBlocks, replacement, mask, selection);
  }

  /// The same with blocks of another size, as many of them selected and twice as many pooled.
  public InfLlmParameters withBlocks(int tokens, int selected) {
    return new InfLlmParameters(
        initialTokens,
        localWindow,
        tokens,
        sliceLength,
        Math.max(1, 2 * selected),
        replacement,
        mask,
        selection.withBlocks(selected));
  }

  /// The same with a pool of another size and policy.
  public InfLlmParameters withPool(int blocks, ReplacementPolicy policy) {
    return new InfLlmParameters(
        initialTokens, localWindow, blockSize, sliceLength, blocks, policy, mask, selection);
  }

  /// The same with another mask.
  public InfLlmParameters withMask(FarMask other) {
    return new InfLlmParameters(
        initialTokens,
        localWindow,
        blockSize,
        sliceLength,
        pooledBlocks,
        replacement,
        other,
        selection);
  }

  /// The same with blocks chosen otherwise.
  public InfLlmParameters withSelection(BlockSelection other) {
    return new InfLlmParameters(
        initialTokens, localWindow, blockSize, sliceLength, pooledBlocks, replacement, mask, other);
  }
}
