package org.jgml.kvcache;

import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.tier.ReplacementPolicy;

/// How InfLLM cuts a text up and what it looks at (Xiao et al. 2024, *InfLLM: Training-Free
/// Long-Context Extrapolation for LLMs with an Efficient Context Memory*). The published names of
/// the parameters are given in brackets.
///
/// @param initialTokens tokens at the beginning of the text that are always seen (`n_init`)
/// @param localWindow tokens up to and with a query's own that it sees in their true places
///   (`n_local`)
/// @param blockSize tokens of a block (`block_size`)
/// @param selectedBlocks blocks that are looked at (`topk`)
/// @param sliceLength tokens of a prompt that choose blocks together (`exc_block_size`)
/// @param pooledBlocks blocks of a layer that are on the device (`max_cached_block`)
/// @param replacement which block makes room there (`cache_strategy`, `score_decay`)
/// @param scorer how blocks are chosen (`repr_topk` is a parameter of the published one)
/// @param indexType element type of what blocks are chosen by
/// @param mask which tokens between the window and the last block a query sees
public record InfLlmParameters(
    int initialTokens,
    int localWindow,
    int blockSize,
    int selectedBlocks,
    int sliceLength,
    int pooledBlocks,
    ReplacementPolicy replacement,
    BlockScorer scorer,
    DataType indexType,
    FarMask mask) {
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
    CacheLengths.require(selectedBlocks >= 0, "--topk cannot be " + selectedBlocks);
    CacheLengths.require(sliceLength >= 1, "--exc-block-size is at least 1, not " + sliceLength);
    CacheLengths.require(
        sliceLength <= localWindow,
        "--exc-block-size %d is more than --n-local %d: the first query of a slice would be out of the window of the last"
            .formatted(sliceLength, localWindow));
    CacheLengths.require(
        pooledBlocks >= Math.max(1, selectedBlocks),
        "--max-cached-block %d is less than --topk %d: the blocks of one lookup would not fit on the device"
            .formatted(pooledBlocks, selectedBlocks));
    scorer.requireBlockSize(blockSize);
  }

  /// The published configuration (`mistral-inf-llm`, `llama-3-inf-llm`): 4096 tokens of window and
  /// 16 blocks of 128.
  public static InfLlmParameters published() {
    return new InfLlmParameters(
        128,
        4096,
        128,
        16,
        512,
        32,
        new ReplacementPolicy.Lru(),
        new BlockScorer.Representatives(4),
        DataType.F16,
        FarMask.EXACT);
  }
}
