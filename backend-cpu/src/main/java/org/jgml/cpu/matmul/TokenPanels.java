package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// Activations `[m, k]` packed as panels `[k][tokens]`, so that one vector holds an element of
/// consecutive tokens.
///
/// A panel has [PanelBlock#PANEL_TOKENS] tokens; the last one is padded to whole vectors.
record TokenPanels(int m, int k) {
  int count() {
    return (m + PanelBlock.PANEL_TOKENS - 1) / PanelBlock.PANEL_TOKENS;
  }

  int vectors(int panel) {
    int tokens = Math.min(m - panel * PanelBlock.PANEL_TOKENS, PanelBlock.PANEL_TOKENS);
    return (tokens + Lanes.COUNT - 1) / Lanes.COUNT;
  }

  long bytes() {
    return (long) Lanes.roundUp(m, Lanes.COUNT) * k * Float.BYTES;
  }

  /// Byte offset of element `i` of a panel.
  long offset(int panel, int i) {
    long start = (long) panel * PanelBlock.PANEL_TOKENS * k;
    return (start + (long) i * vectors(panel) * Lanes.COUNT) * Float.BYTES;
  }

  void pack(MatrixView x, int panel, MemorySegment packed) {
    int firstToken = panel * PanelBlock.PANEL_TOKENS;
    int width = vectors(panel) * Lanes.COUNT;
    for (int t = 0; t < width; t++) {
      long to = offset(panel, 0) + (long) t * Float.BYTES;
      boolean padding = firstToken + t >= m;
      long from = padding ? 0 : x.rowOffset(firstToken + t);
      for (int i = 0; i < k; i++) {
        float value = padding ? 0 : x.segment().get(Lanes.FLOAT, from + (long) i * Float.BYTES);
        packed.set(Lanes.FLOAT, to + (long) i * width * Float.BYTES, value);
      }
    }
  }
}
