package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Unary;

/// Tiles of few queries, such as those of one token: each is a row, and a panel by itself, so that
/// vectors are filled by elements of a head and not by queries.
final class RowTile implements AttentionTile {
  private final AttentionPlan plan;
  private final RowMath rows;
  private final RowProducts products;
  private final HeadRows query;
  private final StagedRows key;
  private final StagedRows value;
  private final AttentionBias bias;
  private final Scratch.Frame frame;
  private final long queries;
  private final long sums;
  private final long logits;

  RowTile(
      AttentionPlan plan, float maxBias, Step step, SegmentCompiler compiler, Scratch.Frame frame) {
    this.plan = plan;
    this.rows = compiler.rows();
    this.products = compiler.arithmetic().products();
    this.query = HeadRows.of(step.input(0));
    this.key = staged(step.input(1), compiler, frame);
    this.value = staged(step.input(2), compiler, frame);
    Tensor mask = step.named("mask");
    this.bias = mask == null ? null : AttentionBias.of(plan, maxBias, mask);
    this.frame = frame;
    this.queries = frame.reserve(plan.tilePanels() * RowProducts.ROW_BYTES);
    this.sums = frame.reserve(sumRows() * RowProducts.ROW_BYTES);
    this.logits = frame.reserve(sumRows() * RowProducts.PRODUCTS_BYTES);
  }

  private static StagedRows staged(Tensor tensor, SegmentCompiler compiler, Scratch.Frame frame) {
    return StagedRows.of(tensor, RowProducts.BLOCK_ROWS, RowProducts.ROW_BYTES, compiler, frame);
  }

  /// Sums are formed in pairs.
  private int sumRows() {
    return plan.tilePanels() + plan.tilePanels() % 2;
  }

  @Override
  public void run(int tile, int firstKey, int endKey, PanelPartial[] results, int worker) {
    int panels = plan.tilePanels();
    for (PanelPartial result : results) {
      result.clear(rows);
    }
    int from = Math.max(firstKey, plan.firstKey(0, panels));
    int end = Math.min(endKey, plan.lastKey(0, panels) + 1);
    if (from >= end) {
      return;
    }
    MemorySegment scratch = frame.ofWorker(worker);
    begin(tile, scratch);
    for (int first = from; first < end; first += RowProducts.BLOCK_ROWS) {
      addBlock(tile, first, Math.min(RowProducts.BLOCK_ROWS, end - first), results, scratch);
    }
    for (int panel = 0; panel < panels; panel++) {
      MemorySegment.copy(
          scratch,
          sums + panel * RowProducts.ROW_BYTES,
          results[panel].segment(),
          results[panel].valuesAt(),
          4L * value.size());
    }
  }

  /// Scales the queries, and clears all that kernels read beyond rows.
  private void begin(int tile, MemorySegment scratch) {
    pad(key, scratch);
    pad(value, scratch);
    int sumElements = products.padded(value.size());
    for (int row = 0; row < sumRows(); row++) {
      rows.fill(0, scratch, sums + row * RowProducts.ROW_BYTES, sumElements);
    }
    long last = logits + (sumRows() - 1) * RowProducts.PRODUCTS_BYTES;
    rows.fill(0, scratch, last, RowProducts.BLOCK_ROWS);
    float scale = plan.softCap() == 0 ? plan.scale() : plan.scale() / plan.softCap();
    for (int panel = 0; panel < plan.tilePanels(); panel++) {
      int head = plan.head(tile, panel, 0);
      long from = query.at(plan.batchEntry(tile), plan.token(panel, 0), head);
      long to = queries + panel * RowProducts.ROW_BYTES;
      rows.fill(0, scratch, to, products.padded(query.size()));
      rows.multiply(scale, query.segment(), from, scratch, to, query.size());
    }
  }

  private void pad(StagedRows staged, MemorySegment scratch) {
    int padding = products.padded(staged.size()) - staged.size();
    for (int row = 0; row < RowProducts.BLOCK_ROWS && padding > 0; row++) {
      long end = staged.slot() + row * RowProducts.ROW_BYTES + 4L * staged.size();
      rows.fill(0, scratch, end, padding);
    }
  }

  private void addBlock(
      int tile, int firstKey, int count, PanelPartial[] results, MemorySegment scratch) {
    key.load(plan, tile, firstKey, count, scratch);
    value.load(plan, tile, firstKey, count, scratch);
    for (int panel = 0; panel < plan.tilePanels(); panel++) {
      long at = logits + panel * RowProducts.PRODUCTS_BYTES;
      long queryAt = queries + panel * RowProducts.ROW_BYTES;
      products.multiply(scratch, queryAt, key.slot(), count, key.size(), at);
      adjust(tile, panel, firstKey, count, scratch, at);
      weigh(panel, firstKey, count, results[panel], scratch, at);
    }
    for (int panel = 0; panel < plan.tilePanels(); panel += 2) {
      long at = logits + panel * RowProducts.PRODUCTS_BYTES;
      long sumAt = sums + panel * RowProducts.ROW_BYTES;
      products.addWeighted(scratch, at, value.slot(), count, value.size(), sumAt);
    }
  }

  /// Soft cap, mask and bias.
  private void adjust(
      int tile, int panel, int firstKey, int count, MemorySegment scratch, long at) {
    if (plan.softCap() > 0) {
      rows.unary(Unary.Kind.TANH, scratch, at, scratch, at, count);
      rows.multiply(plan.softCap(), scratch, at, scratch, at, count);
    }
    if (bias != null) {
      bias.add(tile, panel, firstKey, count, scratch, at);
    }
  }

  /// Turns logits into weights: one step of online softmax.
  private void weigh(
      int panel, int firstKey, int count, PanelPartial result, MemorySegment scratch, long at) {
    int token = plan.token(panel, 0);
    int from = Math.clamp(plan.firstKey(token) - firstKey, 0, count);
    int end = Math.clamp(plan.lastKey(token) + 1 - firstKey, from, count);
    long seenAt = at + 4L * from;
    float before = result.max(0);
    float max = Math.max(before, rows.max(scratch, seenAt, end - from));
    // Where nothing was seen yet, 0 keeps the differences from being NaN.
    float base = max == Float.NEGATIVE_INFINITY ? 0 : max;
    float sum = rows.exponentials(base, scratch, seenAt, scratch, seenAt, end - from);
    rows.fill(0, scratch, at, from);
    rows.fill(0, scratch, at + 4L * end, count - end);
    double factor = Math.exp(before - base);
    result.setMax(0, max);
    result.setSum(0, factor * result.sum(0) + sum);
    if (factor != 1) {
      long sumAt = sums + panel * RowProducts.ROW_BYTES;
      rows.multiply((float) factor, scratch, sumAt, scratch, sumAt, value.size());
    }
  }
}
