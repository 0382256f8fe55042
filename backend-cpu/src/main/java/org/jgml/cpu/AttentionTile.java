package org.jgml.cpu;

/// Attention of the queries of one tile over a range of keys, block by block with online softmax.
sealed interface AttentionTile permits PanelTile, RowTile {
  /// Computes what the keys from `firstKey` (inclusive) to `endKey` contribute to the panels of a
  /// tile.
  ///
  /// @param results one for each panel
  void run(int tile, int firstKey, int endKey, PanelPartial[] results, int worker);
}
