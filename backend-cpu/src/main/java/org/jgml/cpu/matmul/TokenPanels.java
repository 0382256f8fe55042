package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Activations `[m, k]` packed as panels `[k][tokens]`, so that one vector holds an element of
/// consecutive tokens.
///
/// A panel has [PanelBlock#PANEL_TOKENS] tokens; the last one is padded to whole vectors.
record TokenPanels(int m, int k) {
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

  /// Vectors of tokens in all panels, which can be packed independently.
  int columns() {
    return (m + Lanes.COUNT - 1) / Lanes.COUNT;
  }

  /// Packs the tokens of one vector; those past the last token become zero.
  void pack(MatrixView x, int column, MemorySegment packed) {
    int panel = column / PanelBlock.PANEL_VECTORS;
    long rowBytes = (long) vectors(panel) * Lanes.BYTES;
    long to = offset(panel, 0) + (long) (column % PanelBlock.PANEL_VECTORS) * Lanes.BYTES;
    int firstToken = column * Lanes.COUNT;
    int tokens = Math.min(m - firstToken, Lanes.COUNT);
    int bound = Lanes.FLOATS.loopBound(k);
    for (int i = 0; i < bound; i += Lanes.COUNT) {
      copySquare(x, firstToken, tokens, i, packed, to + i * rowBytes, rowBytes);
      Transposition.transpose(packed, to + i * rowBytes, rowBytes);
    }
    for (int i = bound; i < k; i++) {
      for (int t = 0; t < Lanes.COUNT; t++) {
        float value =
            t < tokens ? x.segment().get(Lanes.FLOAT, x.rowOffset(firstToken + t) + i * 4L) : 0;
        packed.set(Lanes.FLOAT, to + i * rowBytes + t * 4L, value);
      }
    }
  }

  private static void copySquare(
      MatrixView x,
      int firstToken,
      int tokens,
      int element,
      MemorySegment packed,
      long to,
      long rowBytes) {
    for (int t = 0; t < tokens; t++) {
      long from = x.rowOffset(firstToken + t) + element * 4L;
      FloatVector.fromMemorySegment(Lanes.FLOATS, x.segment(), from, Lanes.ORDER)
          .intoMemorySegment(packed, to + t * rowBytes, Lanes.ORDER);
    }
    for (int t = tokens; t < Lanes.COUNT; t++) {
      FloatVector.zero(Lanes.FLOATS).intoMemorySegment(packed, to + t * rowBytes, Lanes.ORDER);
    }
  }
}
