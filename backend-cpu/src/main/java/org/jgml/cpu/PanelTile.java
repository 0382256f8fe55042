package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Unary;

/// Attention of the queries of one tile over a range of keys, block by block with online softmax.
///
/// Queries are columns, so that maxima, exponentials and sums need no arithmetic across lanes, and
/// both products broadcast one element of key or value to all queries.
final class PanelTile implements AttentionTile {
  private static final int BLOCK_KEYS = 64;

  // An odd number of cache lines keeps rows in different sets of the first cache.
  private static final long ROW_PADDING = 64;

  private final AttentionPlan plan;
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
  private final long rangeBytes;
  private final long queries;
  private final long queryBytes;
  private final long logits;

  PanelTile(
      AttentionPlan plan, float maxBias, Step step, SegmentCompiler compiler, Scratch.Frame frame) {
    this.plan = plan;
    this.panels = compiler.arithmetic().panels();
    this.rows = compiler.rows();
    this.query = HeadRows.of(step.input(0));
    this.key = staged(step.input(1), compiler, frame);
    this.value = staged(step.input(2), compiler, frame);
    Tensor mask = step.named("mask");
    this.bias = mask == null ? null : AttentionBias.of(plan, maxBias, mask);
    int width = plan.width();
    this.logitProduct = new PanelMath.Product(width, key.rowBytes(), Float.BYTES);
    this.valueProduct = new PanelMath.Product(width, Float.BYTES, value.rowBytes());
    this.frame = frame;
    this.rangeBytes = 2L * width * Float.BYTES;
    this.ranges = frame.reserve(rangeBytes * plan.tilePanels());
    this.queryBytes = (long) query.size() * width * Float.BYTES;
    this.queries = frame.reserve(queryBytes * plan.tilePanels());
    this.logits = frame.reserve((long) BLOCK_KEYS * width * Float.BYTES);
  }

  private static StagedRows staged(Tensor tensor, SegmentCompiler compiler, Scratch.Frame frame) {
    long rowBytes = stagedRowBytes(Math.toIntExact(tensor.type().shape().rowLength()));
    return StagedRows.of(tensor, BLOCK_KEYS, rowBytes, compiler, frame);
  }

  /// Whole groups of rows that a panel product computes.
  static int padded(int rows) {
    return Math.ceilDiv(rows, PanelMath.ROWS) * PanelMath.ROWS;
  }

  /// Bytes from one staged row to the next.
  static long stagedRowBytes(int size) {
    return (long) padded(size) * Float.BYTES + ROW_PADDING;
  }

  @Override
  public void run(int tile, int firstKey, int endKey, PanelPartial[] results, int worker) {
    int firstPanel = plan.firstPanel(tile);
    int endPanel = plan.endPanel(tile);
    MemorySegment scratch = frame.ofWorker(worker);
    for (int panel = firstPanel; panel < endPanel; panel++) {
      results[panel - firstPanel].clear(rows);
    }
    int from = Math.max(firstKey, plan.firstKey(firstPanel, endPanel));
    int end = Math.min(endKey, plan.lastKey(firstPanel, endPanel) + 1);
    if (from < end) {
      for (int panel = firstPanel; panel < endPanel; panel++) {
        packQueries(tile, panel, scratch);
        writeRanges(panel, scratch, ranges + (panel - firstPanel) * rangeBytes);
      }
    }
    for (int first = from; first < end; first += BLOCK_KEYS) {
      addBlock(tile, first, Math.min(BLOCK_KEYS, end - first), results, scratch);
    }
  }

  /// Writes the queries of a panel as columns, scaled; columns without a query are 0.
  private void packQueries(int tile, int panel, MemorySegment scratch) {
    long to = queries + (panel - plan.firstPanel(tile)) * queryBytes;
    float scale = plan.softCap() == 0 ? plan.scale() : plan.scale() / plan.softCap();
    int columns = plan.columns(panel);
    if (columns < plan.width()) {
      rows.fill(0, scratch, to, query.size() * plan.width());
    }
    for (int column = 0; column < columns; column++) {
      int head = plan.head(tile, panel, column);
      long at = query.at(plan.batchEntry(tile), plan.token(panel, column), head);
      for (int i = 0; i < query.size(); i++) {
        float element = scale * ScalarRowMath.get(query.segment(), at, i);
        ScalarRowMath.set(scratch, to, i * plan.width() + column, element);
      }
    }
  }

  /// Writes the first and the last key that each column sees.
  private void writeRanges(int panel, MemorySegment scratch, long at) {
    int width = plan.width();
    for (int column = 0; column < width; column++) {
      int token = plan.token(panel, Math.min(column, plan.columns(panel) - 1));
      ScalarRowMath.set(scratch, at, column, plan.firstKey(token));
      ScalarRowMath.set(scratch, at, width + column, plan.lastKey(token));
    }
  }

  private void addBlock(
      int tile, int firstKey, int count, PanelPartial[] results, MemorySegment scratch) {
    key.load(plan, tile, firstKey, count, scratch);
    value.load(plan, tile, firstKey, count, scratch);
    for (int i = 0; i < plan.endPanel(tile) - plan.firstPanel(tile); i++) {
      int panel = plan.firstPanel(tile) + i;
      int first = plan.firstKey(panel, panel + 1);
      int last = plan.lastKey(panel, panel + 1);
      if (first < firstKey + count && last >= firstKey) {
        multiplyKeys(count, scratch, queries + i * queryBytes);
        adjustLogits(tile, panel, firstKey, count, scratch);
        addValues(count, results[i], scratch);
      }
    }
  }

  private void addValues(int count, PanelPartial result, MemorySegment scratch) {
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
    multiplyValues(count, result, scratch);
  }

  private void multiplyKeys(int count, MemorySegment scratch, long queryPanel) {
    long panelRow = (long) plan.width() * Float.BYTES;
    rows.fill(0, scratch, logits, padded(count) * plan.width());
    for (int i = 0; i < count; i += PanelMath.ROWS) {
      long keyAt = key.slot() + i * key.rowBytes();
      long logitAt = logits + i * panelRow;
      panels.multiply(
          logitProduct, scratch, keyAt, scratch, queryPanel, scratch, logitAt, query.size());
    }
  }

  private void multiplyValues(int count, PanelPartial result, MemorySegment scratch) {
    long panelRow = (long) plan.width() * Float.BYTES;
    for (int i = 0; i < value.rows().size(); i += PanelMath.ROWS) {
      long valueAt = value.slot() + (long) i * Float.BYTES;
      long sumAt = result.valuesAt() + i * panelRow;
      panels.multiply(
          valueProduct, scratch, valueAt, scratch, logits, result.segment(), sumAt, count);
    }
  }

  /// Soft cap, mask and bias.
  private void adjustLogits(int tile, int panel, int firstKey, int count, MemorySegment scratch) {
    int elements = count * plan.width();
    if (plan.softCap() > 0) {
      rows.unary(Unary.Kind.TANH, scratch, logits, scratch, logits, elements);
      rows.multiply(plan.softCap(), scratch, logits, scratch, logits, elements);
    }
    if (bias != null) {
      bias.add(tile, panel, firstKey, count, scratch, logits);
    }
    int lastKey = firstKey + count - 1;
    if (!plan.allSee(panel, firstKey, lastKey)) {
      long rangesAt = ranges + (panel - plan.firstPanel(tile)) * rangeBytes;
      panels.hide(plan.width(), scratch, logits, firstKey, scratch, rangesAt, count);
    }
  }

  private static boolean changesMaximum(PanelPartial partial) {
    for (int column = 0; column < partial.width(); column++) {
      if (partial.factor(column) != 1) {
        return true;
      }
    }
    return false;
  }
}
