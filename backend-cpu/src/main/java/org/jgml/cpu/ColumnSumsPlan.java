package org.jgml.cpu;

import org.jgml.core.backend.Step;
import org.jgml.core.tensor.Shape;

/// How the queries of [org.jgml.core.op.AttentionColumnSums] lie in panels.
///
/// A column belongs to the same head in all panels, so that sums over tokens are sums of panels; a
/// panel holds `headColumns` heads of some tokens. Heads that share a key head but do not fit into
/// a panel form several head blocks.
///
/// @param group query heads that share a key head
/// @param rows number of keys
/// @param width columns of a panel
/// @param headColumns columns of a token in a panel
record ColumnSumsPlan(
    int tokens, int keyHeads, int group, int rows, int width, int headColumns, KeyRanges ranges) {
  static ColumnSumsPlan of(Step step, PanelMath math) {
    Shape query = step.input(1).type().shape();
    Shape key = step.input(2).type().shape();
    int tokens = Math.toIntExact(query.dim(0));
    int keyHeads = Math.toIntExact(key.dim(1));
    int group = Math.toIntExact(query.dim(1)) / keyHeads;
    int rows = Math.toIntExact(key.dim(0));
    int width = math.width(Math.multiplyExact(tokens, group));
    int headColumns = Math.min(group, width);
    while (width % headColumns != 0) {
      headColumns++;
    }
    Indices firsts = new Indices(step.named("first"));
    Indices lasts = new Indices(step.named("last"));
    KeyRanges ranges = new KeyRanges.Intervals(rows, firsts, lasts);
    return new ColumnSumsPlan(tokens, keyHeads, group, rows, width, headColumns, ranges);
  }

  /// Heads of all key heads in pieces that fit into a panel.
  int headBlocks() {
    return keyHeads * blocksOfKeyHead();
  }

  private int blocksOfKeyHead() {
    return Math.ceilDiv(group, headColumns);
  }

  int keyHead(int headBlock) {
    return headBlock / blocksOfKeyHead();
  }

  /// The head of a column; -1 if it has none.
  int head(int headBlock, int column) {
    int inGroup = headBlock % blocksOfKeyHead() * headColumns + column % headColumns;
    return inGroup < group ? keyHead(headBlock) * group + inGroup : -1;
  }

  /// Heads of a block.
  int heads(int headBlock) {
    return Math.min(headColumns, group - headBlock % blocksOfKeyHead() * headColumns);
  }

  private int panelTokens() {
    return width / headColumns;
  }

  int panels() {
    return Math.ceilDiv(tokens, panelTokens());
  }

  /// The token of a column; -1 if it has none.
  int token(int panel, int column) {
    int token = panel * panelTokens() + column / headColumns;
    return token < tokens ? token : -1;
  }

  int firstToken(int panel) {
    return panel * panelTokens();
  }

  int endToken(int panel) {
    return Math.min(tokens, firstToken(panel) + panelTokens());
  }

  /// The first key that one of these tokens sees.
  int firstKey(int firstToken, int endToken) {
    int first = rows;
    for (int token = firstToken; token < endToken; token++) {
      first = Math.min(first, ranges.first(token));
    }
    return first;
  }

  /// The last key that one of these tokens sees.
  int lastKey(int firstToken, int endToken) {
    int last = -1;
    for (int token = firstToken; token < endToken; token++) {
      last = Math.max(last, ranges.last(token));
    }
    return last;
  }
}
