package org.jgml.cpu;

/// Turns the sums of weighted values of a tile's queries into rows of the result.
interface AttentionOutput {
  /// Writes the result of one query.
  ///
  /// @param entry entry of the batch
  /// @param column the query's column in `sum`
  void write(int entry, int token, int head, int column, PanelPartial sum);

  /// How the queries of tiles lie in panels.
  AttentionPlan plan();

  /// Writes the results of all panels of a tile.
  default void write(int tile, PanelPartial[] sums) {
    AttentionPlan plan = plan();
    for (int panel = plan.firstPanel(tile); panel < plan.endPanel(tile); panel++) {
      PanelPartial sum = sums[panel - plan.firstPanel(tile)];
      for (int column = 0; column < plan.columns(panel); column++) {
        int head = plan.head(tile, panel, column);
        write(plan.batchEntry(tile), plan.token(panel, column), head, column, sum);
      }
    }
  }
}
