package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;
import org.jgml.core.op.AttentionColumnSums;
import org.jgml.core.op.Unary;
import org.jgml.cpu.matmul.Dequantiser;

/// Column sums of attention weights: queries are packed into panels, then each block of keys meets
/// all of them.
final class AttentionColumnSumsKernels {
  private static final int BLOCK_KEYS = 64;

  /// Rows of a packed panel below the queries: maximum and inverse sum of each column, first and
  /// last key that it sees.
  private static final int STATE_ROWS = 4;

  private AttentionColumnSumsKernels() {}

  static Binding columnSums(AttentionColumnSums op) {
    return (step, compiler) -> {
      ColumnSumsPlan plan = ColumnSumsPlan.of(step, compiler.arithmetic().panels());
      Scratch.Frame frame = compiler.frame();
      int headSize = Math.toIntExact(step.input(1).type().shape().rowLength());
      long panelBytes = (long) (headSize + STATE_ROWS) * plan.width() * Float.BYTES;
      long slot = frame.reserveShared(panelBytes * plan.panels() * plan.headBlocks());
      Panels panels = new Panels(plan, frame, slot, panelBytes, headSize);
      compiler.add(PackKernel.of(op, step, panels));
      compiler.add(new SumKernel(op, step, panels, compiler));
    };
  }

  /// The packed queries in shared memory.
  private record Panels(
      ColumnSumsPlan plan, Scratch.Frame frame, long slot, long bytes, int headSize) {
    long at(int headBlock, int panel) {
      return slot + (headBlock * plan.panels() + panel) * bytes;
    }

    long stateAt(int headBlock, int panel, int row) {
      return at(headBlock, panel) + (long) (headSize + row) * plan.width() * Float.BYTES;
    }
  }

  private record PackKernel(
      AttentionColumnSums op, ColumnSumsPlan plan, Panels panels, HeadRows query, HeadRows partial)
      implements Kernel {
    static PackKernel of(AttentionColumnSums op, Step step, Panels panels) {
      HeadRows query = HeadRows.of(step.input(1));
      HeadRows partial = HeadRows.of(step.input(3));
      return new PackKernel(op, panels.plan(), panels, query, partial);
    }

    @Override
    public int parts() {
      return plan.headBlocks() * plan.panels();
    }

    @Override
    public void run(int part, int worker) {
      int headBlock = part / plan.panels();
      int panel = part % plan.panels();
      for (int column = 0; column < plan.width(); column++) {
        int head = plan.head(headBlock, column);
        int token = plan.token(panel, column);
        if (head < 0 || token < 0) {
          packNothing(headBlock, panel, column);
        } else {
          pack(headBlock, panel, column, token, head);
        }
      }
    }

    private void packNothing(int headBlock, int panel, int column) {
      MemorySegment scratch = panels.frame().shared();
      for (int i = 0; i < panels.headSize(); i++) {
        ScalarRowMath.set(scratch, panels.at(headBlock, panel), i * plan.width() + column, 0);
      }
      setState(headBlock, panel, column, 0, 0, 1, 0);
    }

    private void pack(int headBlock, int panel, int column, int token, int head) {
      MemorySegment scratch = panels.frame().shared();
      float scale = op.softCap() == 0 ? op.scale() : op.scale() / op.softCap();
      long from = query.at(0, token, head);
      for (int i = 0; i < panels.headSize(); i++) {
        float element = scale * ScalarRowMath.get(query.segment(), from, i);
        ScalarRowMath.set(scratch, panels.at(headBlock, panel), i * plan.width() + column, element);
      }
      long statistics = partial.at(0, token, head);
      float sum = ScalarRowMath.get(partial.segment(), statistics, partial.size() - 1);
      float max = ScalarRowMath.get(partial.segment(), statistics, partial.size() - 2);
      int first = plan.ranges().first(token);
      int last = plan.ranges().last(token);
      // What saw nothing has no maximum to subtract.
      setState(headBlock, panel, column, sum == 0 ? 0 : max, sum == 0 ? 0 : 1 / sum, first, last);
    }

    private void setState(int headBlock, int panel, int column, float... state) {
      for (int row = 0; row < state.length; row++) {
        long at = panels.stateAt(headBlock, panel, row);
        ScalarRowMath.set(panels.frame().shared(), at, column, state[row]);
      }
    }
  }

  /// Adds up the weights of a block of keys over all panels of a head block.
  private static final class SumKernel implements Kernel {
    private final AttentionColumnSums op;
    private final ColumnSumsPlan plan;
    private final Panels panels;
    private final PanelMath math;
    private final RowMath rows;
    private final HeadRows key;
    private final Dequantiser dequantiser;
    private final Rows sums;
    private final long sumsRowBytes;
    private final PanelMath.Product product;
    private final long keyRowBytes;
    private final long keys;
    private final long logits;
    private final long totals;

    SumKernel(AttentionColumnSums op, Step step, Panels panels, SegmentCompiler compiler) {
      this.op = op;
      this.plan = panels.plan();
      this.panels = panels;
      this.math = compiler.arithmetic().panels();
      this.rows = compiler.rows();
      this.key = HeadRows.of(step.input(2));
      this.dequantiser =
          compiler.arithmetic().matmul().dequantiser(step.input(2).type().dataType());
      this.sums = Rows.of(step.output());
      this.sumsRowBytes = Float.BYTES * step.output().layout().stride(-2);
      this.keyRowBytes = PanelTile.stagedRowBytes(key.size());
      this.product = new PanelMath.Product(plan.width(), keyRowBytes, Float.BYTES);
      Scratch.Frame frame = panels.frame();
      long blockBytes = (long) BLOCK_KEYS * plan.width() * Float.BYTES;
      this.keys = frame.reserve(BLOCK_KEYS * keyRowBytes);
      this.logits = frame.reserve(blockBytes);
      this.totals = frame.reserve(blockBytes);
    }

    @Override
    public int parts() {
      int last = plan.lastKey(0, plan.tokens());
      int blocks = last / BLOCK_KEYS - firstBlock() + 1;
      return last < plan.firstKey(0, plan.tokens()) ? 0 : plan.headBlocks() * blocks;
    }

    private int firstBlock() {
      return plan.firstKey(0, plan.tokens()) / BLOCK_KEYS;
    }

    @Override
    public void run(int part, int worker) {
      MemorySegment scratch = panels.frame().ofWorker(worker);
      int headBlock = part % plan.headBlocks();
      int firstKey = (firstBlock() + part / plan.headBlocks()) * BLOCK_KEYS;
      int count = Math.min(BLOCK_KEYS, plan.rows() - firstKey);
      for (int i = 0; i < count; i++) {
        long at = key.at(0, firstKey + i, plan.keyHead(headBlock));
        dequantiser.dequantise(key.segment(), at, key.size(), scratch, keys + i * keyRowBytes);
      }
      rows.fill(0, scratch, totals, count * plan.width());
      for (int panel = 0; panel < plan.panels(); panel++) {
        addPanel(headBlock, panel, firstKey, count, scratch);
      }
      writeTotals(headBlock, firstKey, count, scratch);
    }

    private void addPanel(
        int headBlock, int panel, int firstKey, int count, MemorySegment scratch) {
      int from = plan.firstToken(panel);
      int end = plan.endToken(panel);
      int lastKey = firstKey + count - 1;
      if (plan.firstKey(from, end) > lastKey || plan.lastKey(from, end) < firstKey) {
        return;
      }
      int width = plan.width();
      int elements = count * width;
      rows.fill(0, scratch, logits, PanelTile.padded(count) * width);
      for (int i = 0; i < count; i += PanelMath.ROWS) {
        long keyAt = keys + i * keyRowBytes;
        long logitAt = logits + (long) i * width * Float.BYTES;
        long queryAt = panels.at(headBlock, panel);
        math.multiply(
            product,
            scratch,
            keyAt,
            panels.frame().shared(),
            queryAt,
            scratch,
            logitAt,
            key.size());
      }
      if (op.softCap() > 0) {
        rows.unary(Unary.Kind.TANH, scratch, logits, scratch, logits, elements);
        rows.multiply(op.softCap(), scratch, logits, scratch, logits, elements);
      }
      MemorySegment packed = panels.frame().shared();
      long ranges = panels.stateAt(headBlock, panel, 2);
      switch (op.summand()) {
        case SOFTMAX_WEIGHT -> {
          math.hide(width, scratch, logits, firstKey, packed, ranges, count);
          long state = panels.stateAt(headBlock, panel, 0);
          math.addWeights(width, scratch, logits, packed, state, scratch, totals, count);
        }
        case LOGIT -> addSeenLogits(firstKey, count, ranges, scratch);
      }
    }

    private void addSeenLogits(int firstKey, int count, long ranges, MemorySegment scratch) {
      MemorySegment packed = panels.frame().shared();
      int width = plan.width();
      for (int column = 0; column < width; column++) {
        float first = ScalarRowMath.get(packed, ranges, column);
        float last = ScalarRowMath.get(packed, ranges, width + column);
        int from = Math.max(0, (int) first - firstKey);
        int end = Math.min(count, (int) last - firstKey + 1);
        for (int i = from; i < end; i++) {
          int at = i * width + column;
          float logit = ScalarRowMath.get(scratch, logits, at);
          ScalarRowMath.set(scratch, totals, at, ScalarRowMath.get(scratch, totals, at) + logit);
        }
      }
    }

    private void writeTotals(int headBlock, int firstKey, int count, MemorySegment scratch) {
      long to = sums.at(firstKey) + (long) plan.head(headBlock, 0) * Float.BYTES;
      math.addColumns(
          plan.width(),
          plan.headColumns(),
          plan.width() / plan.headColumns(),
          plan.heads(headBlock),
          scratch,
          totals,
          sums.segment(),
          to,
          sumsRowBytes,
          count);
    }
  }
}
