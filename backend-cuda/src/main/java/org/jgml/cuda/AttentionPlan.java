package org.jgml.cuda;

import org.jgml.core.op.AttentionPartial;

/// Which kernel makes an attention, and how it is cut.
///
/// @param splits blocks that share the keys of the same rows
record AttentionPlan(AttentionShape shape, Way way, int splits) {
  /// KEYS of `attention.cu`.
  static final int EXACT_KEYS = 32;

  /// KEYS of `attention_tiles.cuh`.
  static final int TENSOR_KEYS = 64;

  /// THREADS of both.
  static final int THREADS = 128;

  /// FEW_ROWS of `attention_tensor.cu`, ROWS of `attention.cu`.
  static final int FEW_ROWS = 16;

  /// Rows from which on tiles of many rows are worth it.
  static final int LEAST_MANY_ROWS = 64;

  /// How rows are made, from how many keys on a split is worth its merging, and how many blocks a
  /// multiprocessor holds at a time.
  enum Way {
    /// In F32, few rows a block.
    EXACT(256, 2),
    /// On tensor cores, few rows a block.
    FEW(128, 3),
    /// On tensor cores, many rows a block.
    MANY(512, 2);

    private final int leastKeys;
    private final int blocks;

    Way(int leastKeys, int blocks) {
      this.leastKeys = leastKeys;
      this.blocks = blocks;
    }
  }

  static AttentionPlan of(AttentionPart part, SegmentCompiler compiler) {
    boolean isExact = !compiler.tensorCores().attend(part);
    return of(part.shape(), isExact, compiler.profile().multiprocessors());
  }

  /// As many splits as keep all multiprocessors at work.
  static AttentionPlan of(AttentionShape shape, boolean isExact, int multiprocessors) {
    Way tensor = shape.rowsOfKeyHead() < LEAST_MANY_ROWS ? Way.FEW : Way.MANY;
    AttentionPlan whole = new AttentionPlan(shape, isExact ? Way.EXACT : tensor, 1);
    long blocks = Math.max(1, whole.rowBlocks() * shape.keyHeads() * shape.batch());
    long wanted = (long) multiprocessors * whole.way.blocks / blocks;
    long most = Math.min(AttentionMerging.MOST_SPLITS, shape.keys() / whole.way.leastKeys);
    return new AttentionPlan(shape, whole.way, (int) Math.max(1, Math.min(wanted, most)));
  }

  /// MANY_ROWS of `attention_tensor.cu`.
  static int manyRows(long headSize) {
    return Program.tensorValue(headSize) > 128 ? 64 : 128;
  }

  private int rowsOfBlock() {
    return way == Way.MANY ? manyRows(shape.longestHead()) : FEW_ROWS;
  }

  private long rowBlocks() {
    return Math.ceilDiv(shape.rowsOfKeyHead(), rowsOfBlock());
  }

  /// What blocks leave to be merged: for each row and split, values, maximum and sum.
  long partBytes() {
    long row = shape.valueSize() + AttentionPartial.STATISTICS;
    return shape.rows() * splits * row * Float.BYTES;
  }

  Program program() {
    return way == Way.EXACT
        ? Program.attention(shape.valueSize())
        : Program.attentionTensor(shape.longestHead());
  }

  String kernel() {
    return switch (way) {
      case EXACT -> "attention";
      case FEW -> "attention_few";
      case MANY -> "attention_many";
    };
  }

  Geometry geometry() {
    return geometry(splits);
  }

  /// @param all splits of this and other attentions of the same launch
  Geometry geometry(int all) {
    int shared = way == Way.EXACT ? exactBytes() : tensorBytes();
    return Geometry.of(THREADS, shared, rowBlocks(), shape.batch() * shape.keyHeads(), all);
  }

  /// Rows of the query, and a tile of keys or values, each row one element longer than it needs to
  /// be, so that a column lies in all banks.
  private int exactBytes() {
    long queries = FEW_ROWS * (shape.headSize() + 1);
    long tile = EXACT_KEYS * (shape.longestHead() + 1);
    return (int) (queries + tile) * Float.BYTES;
  }

  /// Rows of the query, and tiles of keys and of values, as halves.
  private int tensorBytes() {
    int rows = rowsOfBlock() + 2 * TENSOR_KEYS;
    return rows * Program.tensorValue(shape.longestHead()) * Short.BYTES;
  }
}
