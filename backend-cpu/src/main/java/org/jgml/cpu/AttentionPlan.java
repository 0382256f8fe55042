package org.jgml.cpu;

import org.jgml.core.backend.Step;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.tensor.Shape;

/// The extents of one attention and how it is cut up.
///
/// The queries that share a key head, those of all tokens, are the columns of panels. A *tile* is a
/// few panels of one key head, for which keys and values are read once. If tiles are few, keys are
/// cut into chunks as well; how, depends on nothing but the shapes, so that any number of threads
/// gives the same bits. Where queries are few, each is a panel of one column, and all of a key head
/// are a tile.
///
/// @param scale factor of `query · key`
/// @param softCap bound of the logits; 0 for none
/// @param group query heads that share a key head
/// @param length number of keys
/// @param byRow whether queries are few, so that panels are rows
/// @param width columns of a panel
/// @param tilePanels panels of a tile; the last one may have fewer
/// @param chunkKeys keys of a chunk
/// @param ranges the keys that each token sees
/// @param table where the keys lie; null if key `j` is row `j`
record AttentionPlan(
    float scale,
    float softCap,
    int batch,
    int tokens,
    int keyHeads,
    int group,
    int length,
    boolean byRow,
    int width,
    int tilePanels,
    int chunkKeys,
    KeyRanges ranges,
    KeyTable table) {
  /// From so many tiles on, they keep all workers busy.
  private static final int MANY_TILES = 32;

  /// Panels of a tile where there are many; more would not fit into the second cache.
  private static final int MOST_TILE_PANELS = 4;

  private static final int LEAST_CHUNK_KEYS = 256;

  /// Bounds the memory for the results of chunks.
  private static final int MOST_CHUNKS = 1024;

  static AttentionPlan of(Attention op, Step step, Arithmetic arithmetic) {
    int length = Math.toIntExact(step.input(1).type().shape().dim(-3));
    KeyRanges ranges =
        op.mask() instanceof AttentionMask.Causal(int window)
            ? new KeyRanges.Causal(length, window, new Indices(step.named("positions")))
            : new KeyRanges.All(length);
    return of(op.scale(), op.softCap(), length, ranges, null, step, arithmetic);
  }

  static AttentionPlan of(AttentionPartial op, Step step, Arithmetic arithmetic) {
    KeyTable table = KeyTable.of(op, step);
    int rows = Math.toIntExact(step.input(1).type().shape().dim(0));
    int length = table == null ? rows : table.length();
    Indices firsts = new Indices(step.named("first"));
    Indices lasts = new Indices(step.named("last"));
    KeyRanges ranges = new KeyRanges.Intervals(length, firsts, lasts);
    return of(op.scale(), op.softCap(), length, ranges, table, step, arithmetic);
  }

  private static AttentionPlan of(
      float scale,
      float softCap,
      int length,
      KeyRanges ranges,
      KeyTable table,
      Step step,
      Arithmetic arithmetic) {
    Shape query = step.input(0).type().shape();
    int tokens = Math.toIntExact(query.dim(-3));
    int keyHeads = Math.toIntExact(step.input(1).type().shape().dim(-2));
    int group = Math.toIntExact(query.dim(-2)) / keyHeads;
    int batch = query.rank() == 4 ? Math.toIntExact(query.dim(0)) : 1;
    int queries = Math.multiplyExact(tokens, group);
    boolean byRow = areRowsFaster(queries, step, arithmetic.products());
    int width = byRow ? 1 : arithmetic.panels().width(queries);
    int panels = Math.ceilDiv(queries, width);
    int tilePanels = byRow ? panels : Math.clamp(panels / MOST_TILE_PANELS, 1, MOST_TILE_PANELS);
    int tiles = batch * keyHeads * Math.ceilDiv(panels, tilePanels);
    return new AttentionPlan(
        scale,
        softCap,
        batch,
        tokens,
        keyHeads,
        group,
        length,
        byRow,
        width,
        tilePanels,
        chunkKeys(length, tiles),
        ranges,
        table);
  }

  private static boolean areRowsFaster(int queries, Step step, RowProducts products) {
    long keySize = step.input(1).type().shape().rowLength();
    long valueSize = step.input(2).type().shape().rowLength();
    return queries <= products.few() && Math.max(keySize, valueSize) <= RowProducts.MOST_ELEMENTS;
  }

  private static int chunkKeys(int length, int tiles) {
    if (tiles >= MANY_TILES) {
      return Math.max(1, length);
    }
    return Math.max(LEAST_CHUNK_KEYS, Math.ceilDiv(length * tiles, MOST_CHUNKS));
  }

  int heads() {
    return keyHeads * group;
  }

  /// Queries that share a key head.
  int queries() {
    return tokens * group;
  }

  int panels() {
    return Math.ceilDiv(queries(), width);
  }

  private int tilesOfHead() {
    return Math.ceilDiv(panels(), tilePanels);
  }

  int tiles() {
    return batch * keyHeads * tilesOfHead();
  }

  int chunks() {
    return Math.max(1, Math.ceilDiv(length, chunkKeys));
  }

  /// The first panel of a tile; the last come first, since they see the most keys.
  int firstPanel(int tile) {
    return (tilesOfHead() - 1 - tile % tilesOfHead()) * tilePanels;
  }

  /// The panel after those of a tile.
  int endPanel(int tile) {
    return Math.min(panels(), firstPanel(tile) + tilePanels);
  }

  int keyHead(int tile) {
    return tile / tilesOfHead() % keyHeads;
  }

  int batchEntry(int tile) {
    return tile / tilesOfHead() / keyHeads;
  }

  /// Columns of a panel that belong to a query.
  int columns(int panel) {
    return Math.min(width, queries() - panel * width);
  }

  int token(int panel, int column) {
    return (panel * width + column) / group;
  }

  int head(int tile, int panel, int column) {
    return keyHead(tile) * group + (panel * width + column) % group;
  }

  /// The row of a key.
  int row(int key) {
    return table == null ? key : table.row(key);
  }

  int firstKey(int token) {
    return ranges.first(token);
  }

  int lastKey(int token) {
    return ranges.last(token);
  }

  /// The first key that any query of these panels sees.
  int firstKey(int firstPanel, int endPanel) {
    int first = length;
    for (int token = token(firstPanel, 0); token <= lastToken(endPanel - 1); token++) {
      first = Math.min(first, firstKey(token));
    }
    return first;
  }

  /// The last key that any query of these panels sees; -1 if there is none.
  int lastKey(int firstPanel, int endPanel) {
    int last = -1;
    for (int token = token(firstPanel, 0); token <= lastToken(endPanel - 1); token++) {
      last = Math.max(last, lastKey(token));
    }
    return last;
  }

  private int lastToken(int panel) {
    return token(panel, columns(panel) - 1);
  }

  /// Whether all queries of a panel see all of these keys.
  boolean allSee(int panel, int firstKey, int lastKey) {
    for (int token = token(panel, 0); token <= lastToken(panel); token++) {
      if (firstKey(token) > firstKey || lastKey(token) < lastKey) {
        return false;
      }
    }
    return true;
  }

  /// The chunk of the first key that any token sees.
  int firstChunk() {
    int first = Math.max(0, length - 1);
    for (int token = 0; token < tokens; token++) {
      first = Math.min(first, firstKey(token));
    }
    return Math.min(first / chunkKeys, lastChunk());
  }

  /// The chunk of the last key that any token sees; the first one if none sees any.
  int lastChunk() {
    int last = 0;
    for (int token = 0; token < tokens; token++) {
      last = Math.max(last, lastKey(token));
    }
    return last / chunkKeys;
  }
}
