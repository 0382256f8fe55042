package org.jgml.kvcache;

import java.util.Map;
import org.jgml.core.tensor.DataType;

/// Which blocks queries look at.
///
/// @param blocks how many (`topk`)
/// @param scorer what they are chosen by
/// @param indexType element type of what is kept of each block
/// @param scannedBlocks how many blocks are compared at most; if there are more, groups of
///   [#GROUP_BLOCKS] are compared first, and the blocks of the best of them
/// @param steps generated tokens that share a selection; 1 to select anew for each
/// @param missed what happens with attention to other blocks
public record BlockSelection(
    int blocks,
    BlockScorer scorer,
    DataType indexType,
    int scannedBlocks,
    int steps,
    MissedMass missed) {
  /// Blocks of a group.
  public static final int GROUP_BLOCKS = 32;

  /// So many blocks are compared without a slower step, at least.
  private static final int USUAL_SCAN = 1024;

  /// @throws IllegalArgumentException if a number makes no sense
  public BlockSelection {
    CacheLengths.require(blocks >= 0, "--topk cannot be " + blocks);
    CacheLengths.require(steps >= 1, "a selection serves at least 1 step, not " + steps);
    CacheLengths.require(
        scannedBlocks % GROUP_BLOCKS == 0 && scannedBlocks >= Math.max(GROUP_BLOCKS, blocks),
        "blocks to compare are a multiple of %d and at least --topk %d, not %d"
            .formatted(GROUP_BLOCKS, blocks, scannedBlocks));
    CacheLengths.require(
        missed instanceof MissedMass.Ignored || scorer.hasBoxes(),
        "missed attention is bounded by boxes: choose a --scorer that has them");
    CacheLengths.require(
        missed instanceof MissedMass.Ignored || indexType.isFloating(),
        "missed attention is bounded by boxes of F32, F16 or BF16, not " + indexType);
  }

  /// The best of all blocks up to a thousand, in each step.
  public static BlockSelection of(int blocks, BlockScorer scorer) {
    int scanned = Math.ceilDiv(Math.max(USUAL_SCAN, blocks), GROUP_BLOCKS) * GROUP_BLOCKS;
    return new BlockSelection(blocks, scorer, DataType.F16, scanned, 1, new MissedMass.Ignored());
  }

  /// What sessions of equal selections agree in, in words.
  Map<String, String> facts() {
    return Map.of(
        "--topk", Integer.toString(blocks),
        "--scorer", scorer.toString(),
        "index type", indexType.toString(),
        "blocks compared", Integer.toString(scannedBlocks),
        "steps of a selection", Integer.toString(steps),
        "missed attention", missed.toString());
  }

  /// The same with another number of blocks.
  public BlockSelection withBlocks(int count) {
    int scanned = Math.ceilDiv(Math.max(scannedBlocks, count), GROUP_BLOCKS) * GROUP_BLOCKS;
    return new BlockSelection(count, scorer, indexType, scanned, steps, missed);
  }

  /// The same by another scorer.
  public BlockSelection withScorer(BlockScorer other) {
    return new BlockSelection(blocks, other, indexType, scannedBlocks, steps, missed);
  }

  /// The same with another element type of the index.
  public BlockSelection withIndexType(DataType type) {
    return new BlockSelection(blocks, scorer, type, scannedBlocks, steps, missed);
  }

  /// The same with another bound of the blocks that are compared.
  public BlockSelection withScannedBlocks(int count) {
    return new BlockSelection(blocks, scorer, indexType, count, steps, missed);
  }

  /// The same with selections that serve so many steps.
  public BlockSelection withSteps(int count) {
    return new BlockSelection(blocks, scorer, indexType, scannedBlocks, count, missed);
  }

  /// The same with other care for what is missed.
  public BlockSelection withMissed(MissedMass other) {
    return new BlockSelection(blocks, scorer, indexType, scannedBlocks, steps, other);
  }
}
