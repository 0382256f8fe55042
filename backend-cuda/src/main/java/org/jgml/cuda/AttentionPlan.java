package org.jgml.cuda;

import org.jgml.core.op.AttentionPartial;

/// Which kernel makes an attention, and how it is cut.
///
/// @param splits blocks that share the keys of the same rows
record AttentionPlan(AttentionShape shape, Way way, int splits) {
  /// KEYS of `attention.cu`.
  static final int EXACT_KEYS = 32;

  /// PIECE of `attention.cu`, elements of a row that a block has in shared memory at a time.
  static final int EXACT_PIECE = 256;

  /// KEYS of `attention_tiles.cuh`.
  static final int TENSOR_KEYS = 64;

  /// THREADS of `attention.cu` and `attention_tensor.cu`.
  static final int THREADS = 128;

  /// FEW_ROWS of `attention_tensor.cu` and `attention_wide.cu`, ROWS of `attention.cu`.
  static final int FEW_ROWS = 16;

  /// Rows from which on tiles of many rows are worth it.
  static final int LEAST_MANY_ROWS = 64;

  /// KEY_SIZE and VALUE_SIZE of `attention_wide.cu`, the longest heads on tensor cores.
  static final int WIDE_KEY = 576;

  static final int WIDE_VALUE = 512;

  /// MANY_ROWS and THREADS of `attention_wide.cu`.
  static final int WIDE_ROWS = 64;

  static final int WIDE_THREADS = 256;

  /// At most so much of the shared memory of a block is declared by kernels.
  private static final int DECLARED_BYTES = 2560;

  /// How rows are made, from how many keys on a split is worth its merging, and how many blocks a
  /// multiprocessor holds at a time.
  enum Way {
    /// In F32, few rows a block.
    EXACT("attention", 256, 2),
    /// On tensor cores, few rows a block.
    FEW("attention_few", 128, 3),
    /// On tensor cores, many rows a block.
    MANY("attention_many", 512, 2),
    /// The same with long heads.
    WIDE_FEW("attention_wide_few", 128, 1),
    WIDE_MANY("attention_wide_many", 128, 1);

    private final String kernel;
    private final int leastKeys;
    private final int blocks;

    Way(String kernel, int leastKeys, int blocks) {
      this.kernel = kernel;
      this.leastKeys = leastKeys;
      this.blocks = blocks;
    }

    static Way of(AttentionShape shape, boolean isExact) {
      if (isExact) {
        return EXACT;
      }
      if (shape.longestHead() > Program.longestTensorValue()) {
        return shape.rowsOfKeyHead() <= FEW_ROWS ? WIDE_FEW : WIDE_MANY;
      }
      return shape.rowsOfKeyHead() < LEAST_MANY_ROWS ? FEW : MANY;
    }
  }

  static AttentionPlan of(AttentionPart part, SegmentCompiler compiler) {
    boolean isExact = !compiler.tensorCores().attend(part);
    return of(part.shape(), isExact, compiler.profile().multiprocessors());
  }

  /// As many splits as keep all multiprocessors at work.
  static AttentionPlan of(AttentionShape shape, boolean isExact, int multiprocessors) {
    AttentionPlan whole = new AttentionPlan(shape, Way.of(shape, isExact), 1);
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
    return switch (way) {
      case EXACT, FEW, WIDE_FEW -> FEW_ROWS;
      case MANY -> manyRows(shape.longestHead());
      case WIDE_MANY -> WIDE_ROWS;
    };
  }

  /// Halves that an element of a query is. Two where the bytes of keys are what takes time, and for
  /// few tokens if blocks have room.
  int queryHalves() {
    boolean isShort = shape.tokens() <= TensorCores.MOST_EXACT_TOKENS;
    return switch (way) {
      case FEW -> 2;
      case MANY -> isShort && manyRows(shape.longestHead()) == 128 ? 2 : 1;
      case EXACT, WIDE_FEW, WIDE_MANY -> 1;
    };
  }

  /// Blocks that the rows of a key head take, and in F32 long values.
  private long rowBlocks() {
    long longest = way == Way.EXACT ? Program.longestValue() : shape.valueSize();
    long shares = Math.max(1, Math.ceilDiv(shape.valueSize(), longest));
    return Math.ceilDiv(shape.rowsOfKeyHead(), rowsOfBlock()) * shares;
  }

  /// What blocks leave to be merged: for each row and split, values, maximum and sum.
  long partBytes() {
    long row = shape.valueSize() + AttentionPartial.STATISTICS;
    return shape.rows() * splits * row * Float.BYTES;
  }

  Program program() {
    return switch (way) {
      case EXACT -> Program.attention(shape.valueSize());
      case FEW, MANY -> Program.attentionTensor(shape.longestHead());
      case WIDE_FEW, WIDE_MANY -> Program.ATTENTION_WIDE;
    };
  }

  String kernel() {
    return way.kernel;
  }

  Geometry geometry() {
    return geometry(splits);
  }

  /// @param all splits of this and other attentions of the same launch
  Geometry geometry(int all) {
    int threads = program().equals(Program.ATTENTION_WIDE) ? WIDE_THREADS : THREADS;
    return Geometry.of(threads, sharedBytes(), rowBlocks(), shape.batch() * shape.keyHeads(), all);
  }

  private int sharedBytes() {
    return switch (way) {
      case EXACT -> exactBytes();
      case FEW, MANY -> tensorBytes();
      case WIDE_FEW, WIDE_MANY -> wideBytes(rowsOfBlock());
    };
  }

  /// A piece of the rows of the query, and one of a tile of keys or values, each row one element
  /// longer than it needs to be, so that a column lies in all banks.
  private int exactBytes() {
    int query = (int) Math.min(EXACT_PIECE, shape.headSize());
    int longest = (int) Math.min(EXACT_PIECE, shape.longestHead());
    return (FEW_ROWS * (query + 1) + EXACT_KEYS * (longest + 1)) * Float.BYTES;
  }

  /// Rows of the query, and tiles of keys and of values, as halves.
  private int tensorBytes() {
    int rows = rowsOfBlock() * queryHalves() + 2 * TENSOR_KEYS;
    return rows * Program.tensorValue(shape.longestHead()) * Short.BYTES;
  }

  /// The same, and weights.
  private static int wideBytes(int rows) {
    int queries = rows * WIDE_KEY;
    int tiles = TENSOR_KEYS * (WIDE_KEY + WIDE_VALUE);
    return (queries + tiles + rows * TENSOR_KEYS) * Short.BYTES;
  }

  /// Whether blocks that make long heads on tensor cores have room.
  static boolean isWideWithin(int bytes) {
    return wideBytes(WIDE_ROWS) + DECLARED_BYTES <= bytes;
  }
}
