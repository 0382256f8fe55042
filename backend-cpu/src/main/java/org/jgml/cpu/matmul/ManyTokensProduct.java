package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// A product with many tokens: blocks of weights are dequantised once and meet all tokens.
final class ManyTokensProduct implements MatrixProduct {
  private static final boolean WIDE = Lanes.COUNT == 16;
  private static final int TILE_ROWS = WIDE ? WideTile.ROWS : NarrowTile.ROWS;

  private final WeightFormat format;
  private final TokenPanels panels;

  ManyTokensProduct(WeightFormat format, int m, int k) {
    this.format = format;
    this.panels = new TokenPanels(m, k);
  }

  @Override
  public ActivationLayout activationLayout() {
    return new ActivationLayout(
        "token panels", panels.m(), panels.k(), panels.bytes(), panels.columns());
  }

  @Override
  public long scratchBytes() {
    return PanelBlock.SCRATCH_BYTES;
  }

  @Override
  public void prepare(MatrixView x, MemorySegment prepared, int firstPart, int endPart) {
    for (int column = firstPart; column < endPart; column++) {
      panels.pack(x, column, prepared);
    }
  }

  @Override
  public void multiply(
      MatrixView w,
      MemorySegment prepared,
      MatrixView y,
      int firstRow,
      int endRow,
      MemorySegment scratch) {
    for (int token = 0; token < panels.m(); token += PanelBlock.TOKENS) {
      int tokens = Math.min(panels.m() - token, PanelBlock.TOKENS);
      for (int row = firstRow; row < endRow; row += PanelBlock.ROWS) {
        int rows = Math.min(endRow - row, PanelBlock.ROWS);
        multiplyBlock(w, row, rows, prepared, token, tokens, scratch);
        storeTransposed(scratch, rows, tokens, y, row, token);
      }
    }
  }

  private void multiplyBlock(
      MatrixView w,
      int row,
      int rows,
      MemorySegment prepared,
      int token,
      int tokens,
      MemorySegment scratch) {
    for (int element = 0; element < panels.k(); element += PanelBlock.ELEMENTS) {
      int elements = Math.min(panels.k() - element, PanelBlock.ELEMENTS);
      dequantise(w, row, rows, element, elements, scratch);
      for (int first = 0; first < tokens; first += PanelBlock.PANEL_TOKENS) {
        int panel = (token + first) / PanelBlock.PANEL_TOKENS;
        long y = PanelBlock.Y_AT + (long) first * Float.BYTES;
        multiplyPanel(prepared, panel, element, elements, rows, scratch, y);
      }
    }
  }

  private void dequantise(
      MatrixView w, int row, int rows, int element, int elements, MemorySegment scratch) {
    long skipped = format.type().bytes(element);
    int step = Math.ceilDiv(rows, 2);
    for (int i = 0; i < step; i++) {
      int other = Math.min(i + step, rows - 1);
      format.dequantisePair(
          w.segment(),
          w.rowOffset(row + i) + skipped,
          w.rowOffset(row + other) + skipped,
          elements,
          scratch,
          i * PanelBlock.W_ROW_BYTES,
          other * PanelBlock.W_ROW_BYTES);
    }
  }

  private void multiplyPanel(
      MemorySegment prepared,
      int panel,
      int element,
      int elements,
      int rows,
      MemorySegment scratch,
      long yAt) {
    int vectors = panels.vectors(panel);
    for (int first = 0; first < elements; first += PanelBlock.RUN) {
      int run = Math.min(elements - first, PanelBlock.RUN);
      boolean isFirst = element + first == 0;
      long x = panels.offset(panel, element + first);
      for (int i = 0; i < rows; i += TILE_ROWS) {
        long at = i * PanelBlock.W_ROW_BYTES + (long) first * Float.BYTES;
        long to = (isFirst ? yAt : PanelBlock.PARTIAL_AT) + i * PanelBlock.Y_ROW_BYTES;
        multiplyTile(vectors, prepared, x, scratch, at, to, run);
      }
      if (!isFirst) {
        addPartial(scratch, rows, vectors, yAt);
      }
    }
  }

  private static void multiplyTile(
      int vectors, MemorySegment x, long xAt, MemorySegment scratch, long wAt, long yAt, int k) {
    if (WIDE) {
      switch (vectors) {
        case 3 -> WideTile.threeVectors(x, xAt, scratch, wAt, scratch, yAt, k);
        case 2 -> WideTile.twoVectors(x, xAt, scratch, wAt, scratch, yAt, k);
        default -> WideTile.oneVector(x, xAt, scratch, wAt, scratch, yAt, k);
      }
    } else {
      switch (vectors) {
        case 2 -> NarrowTile.twoVectors(x, xAt, scratch, wAt, scratch, yAt, k);
        default -> NarrowTile.oneVector(x, xAt, scratch, wAt, scratch, yAt, k);
      }
      if (k % 2 != 0) {
        long xLast = xAt + (k - 1L) * vectors * Lanes.BYTES;
        NarrowTile.oneElement(
            vectors, x, xLast, scratch, wAt + (k - 1L) * Float.BYTES, scratch, yAt);
      }
    }
  }

  private static void addPartial(MemorySegment scratch, int rows, int vectors, long yAt) {
    for (int i = 0; i < rows; i++) {
      long y = yAt + i * PanelBlock.Y_ROW_BYTES;
      long partial = PanelBlock.PARTIAL_AT + i * PanelBlock.Y_ROW_BYTES;
      for (int j = 0; j < vectors; j++) {
        long at = (long) j * Lanes.BYTES;
        FloatVector sum =
            FloatVector.fromMemorySegment(Lanes.FLOATS, scratch, partial + at, Lanes.ORDER);
        FloatVector.fromMemorySegment(Lanes.FLOATS, scratch, y + at, Lanes.ORDER)
            .add(sum)
            .intoMemorySegment(scratch, y + at, Lanes.ORDER);
      }
    }
  }

  private static void storeTransposed(
      MemorySegment scratch, int rows, int tokens, MatrixView y, int row, int token) {
    for (int i = 0; i < rows; i += Lanes.COUNT) {
      int width = Math.min(rows - i, Lanes.COUNT);
      for (int first = 0; first < tokens; first += Lanes.COUNT) {
        long square = PanelBlock.Y_AT + i * PanelBlock.Y_ROW_BYTES + first * 4L;
        Transposition.transpose(scratch, square, PanelBlock.Y_ROW_BYTES);
        for (int t = first; t < Math.min(tokens, first + Lanes.COUNT); t++) {
          long from = square + (t - first) * PanelBlock.Y_ROW_BYTES;
          long to = y.rowOffset(token + t) + (row + i) * 4L;
          if (width == Lanes.COUNT) {
            FloatVector.fromMemorySegment(Lanes.FLOATS, scratch, from, Lanes.ORDER)
                .intoMemorySegment(y.segment(), to, Lanes.ORDER);
          } else {
            MemorySegment.copy(scratch, from, y.segment(), to, width * 4L);
          }
        }
      }
    }
  }
}
