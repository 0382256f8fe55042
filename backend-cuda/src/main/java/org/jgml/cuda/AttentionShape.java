package org.jgml.cuda;

import org.jgml.core.backend.Step;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.tensor.Shape;

/// The extents of an attention, and how `attention.cu` cuts it.
///
/// @param keyRows rows of key and value that there are
/// @param keys keys that can be seen
/// @param splits blocks that share the keys of the same queries
record AttentionShape(
    long batch,
    long tokens,
    long heads,
    long keyHeads,
    long keyRows,
    long keys,
    long headSize,
    long valueSize,
    int splits) {
  /// ROWS, KEYS and THREADS of `attention.cu`.
  static final int ROWS = 16;

  static final int KEYS = 32;
  static final int THREADS = 128;

  /// ROWS and THREADS of `attention_tensor.cu`.
  static final int TENSOR_ROWS = 64;

  static final int TENSOR_THREADS = 128;

  /// Keys that a split is worth its merging for.
  private static final int LEAST_KEYS = 256;

  private static final int MOST_SPLITS = 64;
  private static final int BLOCKS_OF_MULTIPROCESSOR = 2;

  static AttentionShape of(Step step, int multiprocessors) {
    Shape query = step.input(0).type().shape();
    Shape key = step.input(1).type().shape();
    AttentionShape whole =
        new AttentionShape(
            query.rank() == 4 ? query.dim(0) : 1,
            query.dim(-3),
            query.dim(-2),
            key.dim(-2),
            key.dim(-3),
            key.dim(-3),
            query.rowLength(),
            step.input(2).type().shape().rowLength(),
            1);
    return whole.withSplits(multiprocessors);
  }

  /// The same with other keys, as a table names them.
  AttentionShape withKeys(long count) {
    int most = Math.clamp(count / LEAST_KEYS, 1, MOST_SPLITS);
    return with(count, Math.min(most, Math.max(splits, 1)));
  }

  /// As many splits as keep all multiprocessors at work.
  AttentionShape withSplits(int multiprocessors) {
    long wanted = (long) multiprocessors * BLOCKS_OF_MULTIPROCESSOR / Math.max(1, blocks());
    long most = Math.min(MOST_SPLITS, keys / LEAST_KEYS);
    return with(keys, (int) Math.max(1, Math.min(wanted, most)));
  }

  private AttentionShape with(long count, int parts) {
    return new AttentionShape(
        batch, tokens, heads, keyHeads, keyRows, count, headSize, valueSize, parts);
  }

  private long blocks() {
    return Math.ceilDiv(tokens * (heads / keyHeads), ROWS) * keyHeads * batch;
  }

  /// Rows of the result.
  long rows() {
    return batch * tokens * heads;
  }

  /// What splits leave: for each row and split, values, maximum and sum.
  long partBytes() {
    return rows() * splits * (valueSize + AttentionPartial.STATISTICS) * Float.BYTES;
  }

  long longestHead() {
    return Math.max(headSize, valueSize);
  }

  /// Whether there are enough queries to fill a tile, and heads that fit into registers.
  boolean suitsTensorCores() {
    return splits == 1
        && tokens * (heads / keyHeads) >= TENSOR_ROWS
        && longestHead() <= Program.longestTensorValue();
  }

  Geometry tensorGeometry() {
    long rows = tokens * (heads / keyHeads);
    return Geometry.of(TENSOR_THREADS, 0, Math.ceilDiv(rows, TENSOR_ROWS), batch * keyHeads, 1);
  }

  Geometry geometry() {
    return Geometry.of(
        THREADS,
        sharedBytes(),
        Math.ceilDiv(tokens * (heads / keyHeads), ROWS),
        batch * keyHeads,
        splits);
  }

  /// Rows of the query, and a tile of keys or values, each row one element longer than it needs to
  /// be, so that a column lies in all banks.
  private int sharedBytes() {
    long queries = ROWS * (headSize + 1);
    long tile = KEYS * (Math.max(headSize, valueSize) + 1);
    return (int) (queries + tile) * Float.BYTES;
  }
}
