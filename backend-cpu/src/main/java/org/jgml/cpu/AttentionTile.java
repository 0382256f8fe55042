package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Attention;
import org.jgml.core.op.Unary;
import org.jgml.cpu.matmul.Dequantiser;

/// Attention of the queries of one panel over a range of keys, block by block with online softmax.
///
/// Queries are columns, so that maxima, exponentials and sums need no arithmetic across lanes, and
/// both products broadcast one element of key or value to all queries.
final class AttentionTile {
  private static final int BLOCK_KEYS = 64;

  // An odd number of cache lines keeps rows in different sets of the first cache.
  private static final long ROW_PADDING = 64;

  private final AttentionPlan plan;
  private final Attention op;
  private final PanelMath panels;
  private final RowMath rows;
  private final HeadRows query;
  private final StagedRows key;
  private final StagedRows value;
  private final AttentionBias bias;
  private final PanelMath.Product logitProduct;
  private final PanelMath.Product valueProduct;
  private final Scratch.Frame frame;
  private final long ranges;
  private final long queryPanel;
  private final long logits;

  AttentionTile(AttentionPlan plan, Step step, SegmentCompiler compiler, Scratch.Frame frame) {
    this.plan = plan;
    this.op = plan.op();
    this.panels = compiler.arithmetic().panels();
    this.rows = compiler.rows();
    this.query = HeadRows.of(step.input(0));
    this.key = StagedRows.of(step.input(1), compiler, frame);
    this.value = StagedRows.of(step.input(2), compiler, frame);
    Tensor mask = step.named("mask");
    this.bias = mask == null ? null : AttentionBias.of(plan, mask);
    int width = plan.width();
    this.logitProduct = new PanelMath.Product(width, key.rowBytes(), Float.BYTES);
    this.valueProduct = new PanelMath.Product(width, Float.BYTES, value.rowBytes());
    this.frame = frame;
    this.ranges = frame.reserve(2L * width * Float.BYTES);
    this.queryPanel = frame.reserve((long) query.size() * width * Float.BYTES);
    this.logits = frame.reserve((long) BLOCK_KEYS * width * Float.BYTES);
  }

  /// Rows of key or value of one block, as F32 in scratch memory.
  private record StagedRows(HeadRows rows, Dequantiser dequantiser, long rowBytes, long slot) {
    static StagedRows of(Tensor tensor, SegmentCompiler compiler, Scratch.Frame frame) {
      HeadRows rows = HeadRows.of(tensor);
      long rowBytes = (long) padded(rows.size()) * Float.BYTES + ROW_PADDING;
      return new StagedRows(
          rows,
          compiler.arithmetic().matmul().dequantiser(tensor.type().dataType()),
          rowBytes,
          frame.reserve(BLOCK_KEYS * rowBytes));
    }

    void load(int batch, int head, int firstKey, int count, MemorySegment scratch) {
      for (int i = 0; i < count; i++) {
        long at = rows.at(batch, firstKey + i, head);
        dequantiser.dequantise(rows.segment(), at, rows.size(), scratch, slot + i * rowBytes);
      }
    }
  }

  /// Whole groups of rows that a panel product computes.
  static int padded(int rows) {
    return Math.ceilDiv(rows, PanelMath.ROWS) * PanelMath.ROWS;
  }

  /// Computes what the keys from `firstKey` (inclusive) to `endKey` contribute to a tile.
  void run(int tile, int firstKey, int endKey, AttentionPartial result, int worker) {
    result.clear(rows);
    int panel = plan.panel(tile);
    int from = Math.max(firstKey, plan.firstKeyOfPanel(panel));
    int end = Math.min(endKey, plan.lastKeyOfPanel(panel) + 1);
    if (from < end) {
      MemorySegment scratch = frame.ofWorker(worker);
      packQueries(tile, scratch);
      writeRanges(panel, scratch);
      for (int first = from; first < end; first += BLOCK_KEYS) {
        addBlock(tile, first, Math.min(BLOCK_KEYS, end - first), result, scratch);
      }
    }
  }

  /// Writes the queries as columns, scaled; columns without a query are 0.
  private void packQueries(int tile, MemorySegment scratch) {
    int panel = plan.panel(tile);
    float scale = op.softCap() == 0 ? op.scale() : op.scale() / op.softCap();
    for (int column = 0; column < plan.width(); column++) {
      boolean hasQuery = column < plan.columns(panel);
      long at =
          hasQuery
              ? query.at(plan.batchEntry(tile), plan.token(panel, column), plan.head(tile, column))
              : 0;
      for (int i = 0; i < query.size(); i++) {
        float element = hasQuery ? scale * ScalarRowMath.get(query.segment(), at, i) : 0;
        ScalarRowMath.set(scratch, queryPanel, i * plan.width() + column, element);
      }
    }
  }

  /// Writes the first and the last key that each column sees.
  private void writeRanges(int panel, MemorySegment scratch) {
    int width = plan.width();
    for (int column = 0; column < width; column++) {
      int token = plan.token(panel, Math.min(column, plan.columns(panel) - 1));
      ScalarRowMath.set(scratch, ranges, column, plan.firstKey(token));
      ScalarRowMath.set(scratch, ranges, width + column, plan.lastKey(token));
    }
  }

  private void addBlock(
      int tile, int firstKey, int count, AttentionPartial result, MemorySegment scratch) {
    int batch = plan.batchEntry(tile);
    int head = plan.keyHead(tile);
    key.load(batch, head, firstKey, count, scratch);
    multiplyKeys(count, scratch);
    adjustLogits(tile, firstKey, count, scratch);
    panels.softmax(plan.width(), scratch, logits, result.segment(), result.at(), count);
    if (changesMaximum(result)) {
      panels.scale(
          plan.width(),
          result.segment(),
          result.valuesAt(),
          result.segment(),
          result.factorsAt(),
          value.rows().size());
    }
    value.load(batch, head, firstKey, count, scratch);
    multiplyValues(count, result, scratch);
  }

  private void multiplyKeys(int count, MemorySegment scratch) {
    long panelRow = (long) plan.width() * Float.BYTES;
    rows.fill(0, scratch, logits, padded(count) * plan.width());
    for (int i = 0; i < count; i += PanelMath.ROWS) {
      long keyAt = key.slot() + i * key.rowBytes();
      long logitAt = logits + i * panelRow;
      panels.multiply(
          logitProduct, scratch, keyAt, scratch, queryPanel, scratch, logitAt, query.size());
    }
  }

  private void multiplyValues(int count, AttentionPartial result, MemorySegment scratch) {
    long panelRow = (long) plan.width() * Float.BYTES;
    for (int i = 0; i < value.rows().size(); i += PanelMath.ROWS) {
      long valueAt = value.slot() + (long) i * Float.BYTES;
      long sumAt = result.valuesAt() + i * panelRow;
      panels.multiply(
          valueProduct, scratch, valueAt, scratch, logits, result.segment(), sumAt, count);
    }
  }

  /// Soft cap, mask and bias.
  private void adjustLogits(int tile, int firstKey, int count, MemorySegment scratch) {
    int elements = count * plan.width();
    if (op.softCap() > 0) {
      rows.unary(Unary.Kind.TANH, scratch, logits, scratch, logits, elements);
      rows.multiply(op.softCap(), scratch, logits, scratch, logits, elements);
    }
    if (bias != null) {
      bias.add(tile, firstKey, count, scratch, logits);
    }
    int lastKey = firstKey + count - 1;
    if (!plan.allSee(plan.panel(tile), firstKey, lastKey)) {
      panels.hide(plan.width(), scratch, logits, firstKey, scratch, ranges, count);
    }
  }

  private static boolean changesMaximum(AttentionPartial partial) {
    for (int column = 0; column < partial.width(); column++) {
      if (partial.factor(column) != 1) {
        return true;
      }
    }
    return false;
  }
}
