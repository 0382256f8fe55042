package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.jgml.core.backend.Step;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.op.Binary;

/// Attention: tiles over chunks of keys, and if there are several chunks their combination.
final class AttentionKernels {
  private AttentionKernels() {}

  static Binding attention(Attention op) {
    return (step, compiler) -> {
      AttentionPlan plan = AttentionPlan.of(op, step, compiler.arithmetic());
      bind(plan, NormalisedOutput.of(plan, step), op.maxBias(), step, compiler);
    };
  }

  static Binding partial(AttentionPartial op) {
    return (step, compiler) -> {
      AttentionPlan plan = AttentionPlan.of(op, step, compiler.arithmetic());
      bind(plan, PartialOutput.of(plan, step), 0, step, compiler);
    };
  }

  private static void bind(
      AttentionPlan plan,
      AttentionOutput output,
      float maxBias,
      Step step,
      SegmentCompiler compiler) {
    Scratch.Frame frame = compiler.frame();
    Results results = new Results(plan, step, compiler, frame);
    AttentionTile tile =
        plan.byRow()
            ? new RowTile(plan, maxBias, step, compiler, frame)
            : new PanelTile(plan, maxBias, step, compiler, frame);
    compiler.add(new TileKernel(plan, tile, results, output));
    if (plan.chunks() > 1) {
      compiler.add(new CombineKernel(plan, results, output, compiler.arithmetic()));
    }
  }

  /// Where the results of chunks lie: in shared memory if there are several, else with the worker.
  private static final class Results {
    private final AttentionPlan plan;
    private final int valueRows;
    private final Scratch.Frame frame;
    private final long slot;
    private final long bytes;
    private final PanelPartial[][] partials;

    Results(AttentionPlan plan, Step step, SegmentCompiler compiler, Scratch.Frame frame) {
      this.plan = plan;
      this.valueRows = PanelTile.padded(Math.toIntExact(step.input(2).type().shape().rowLength()));
      this.bytes = PanelPartial.bytes(plan.width(), valueRows) * plan.tilePanels();
      this.frame = frame;
      boolean isShared = plan.chunks() > 1;
      int count = isShared ? plan.tiles() * plan.chunks() : compiler.workers();
      this.slot = isShared ? frame.reserveShared(bytes * count) : frame.reserve(bytes);
      this.partials = new PanelPartial[count][];
    }

    /// One result for each panel of a tile.
    PanelPartial[] get(int tile, int chunk, int worker) {
      boolean isShared = plan.chunks() > 1;
      int index = isShared ? tile * plan.chunks() + chunk : worker;
      if (partials[index] == null) {
        MemorySegment segment = isShared ? frame.shared() : frame.ofWorker(worker);
        partials[index] = make(segment, isShared ? slot + index * bytes : slot);
      }
      return partials[index];
    }

    private PanelPartial[] make(MemorySegment segment, long at) {
      long panelBytes = bytes / plan.tilePanels();
      return IntStream.range(0, plan.tilePanels())
          .mapToObj(i -> new PanelPartial(segment, at + i * panelBytes, plan.width(), valueRows))
          .toArray(PanelPartial[]::new);
    }
  }

  private record TileKernel(
      AttentionPlan plan, AttentionTile tile, Results results, AttentionOutput output)
      implements Kernel {
    @Override
    public int parts() {
      return plan.tiles() * (plan.lastChunk() - plan.firstChunk() + 1);
    }

    @Override
    public void run(int part, int worker) {
      int index = part % plan.tiles();
      int chunk = plan.firstChunk() + part / plan.tiles();
      int firstKey = chunk * plan.chunkKeys();
      int endKey = Math.min(plan.length(), firstKey + plan.chunkKeys());
      PanelPartial[] partials = results.get(index, chunk, worker);
      tile.run(index, firstKey, endKey, partials, worker);
      if (plan.chunks() == 1) {
        output.write(index, partials);
      }
    }
  }

  /// Combines the results of all chunks of a tile into that of its first one.
  private record CombineKernel(
      AttentionPlan plan, Results results, AttentionOutput output, Arithmetic arithmetic)
      implements Kernel {
    @Override
    public int parts() {
      return plan.tiles();
    }

    @Override
    public void run(int tile, int worker) {
      PanelPartial[] sums = results.get(tile, plan.firstChunk(), worker);
      for (int chunk = plan.firstChunk() + 1; chunk <= plan.lastChunk(); chunk++) {
        PanelPartial[] next = results.get(tile, chunk, worker);
        for (int i = 0; i < sums.length; i++) {
          add(next[i], sums[i]);
        }
      }
      output.write(tile, sums);
    }

    private void add(PanelPartial next, PanelPartial sum) {
      for (int column = 0; column < plan.width(); column++) {
        float max = Math.max(sum.max(column), next.max(column));
        // Where neither saw a key, 0 keeps the differences from being NaN.
        float base = max == Float.NEGATIVE_INFINITY ? 0 : max;
        double factor = Math.exp(sum.max(column) - base);
        double nextFactor = Math.exp(next.max(column) - base);
        sum.setFactor(column, factor);
        next.setFactor(column, nextFactor);
        sum.setMax(column, max);
        sum.setSum(column, factor * sum.sum(column) + nextFactor * next.sum(column));
      }
      addValues(next, sum);
    }

    private void addValues(PanelPartial next, PanelPartial sum) {
      MemorySegment y = sum.segment();
      long at = sum.valuesAt();
      int elements = sum.valueRows() * plan.width();
      if (plan.byRow()) {
        RowMath rows = arithmetic.rows();
        rows.multiply(sum.factor(0), y, at, y, at, elements);
        rows.addMultiple(next.factor(0), next.segment(), next.valuesAt(), y, at, elements);
      } else {
        scale(sum);
        scale(next);
        arithmetic
            .rows()
            .binary(Binary.Kind.ADD, y, at, next.segment(), next.valuesAt(), y, at, elements);
      }
    }

    private void scale(PanelPartial partial) {
      MemorySegment segment = partial.segment();
      arithmetic
          .panels()
          .scale(
              plan.width(),
              segment,
              partial.valuesAt(),
              segment,
              partial.factorsAt(),
              partial.valueRows());
    }
  }
}
