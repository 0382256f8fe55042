package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Attention;
import org.jgml.core.op.Binary;

/// Attention: tiles over chunks of keys, and if there are several chunks their combination.
final class AttentionKernels {
  private AttentionKernels() {}

  static Binding attention(Attention op) {
    return (step, compiler) -> {
      AttentionPlan plan = AttentionPlan.of(op, step, compiler.arithmetic().panels());
      Scratch.Frame frame = compiler.frame();
      Results results = new Results(plan, step, compiler, frame);
      AttentionTile tile = new AttentionTile(plan, step, compiler, frame);
      AttentionOutput output = AttentionOutput.of(plan, step);
      compiler.add(new TileKernel(plan, tile, results, output));
      if (plan.chunks() > 1) {
        compiler.add(new CombineKernel(plan, results, output, compiler.arithmetic()));
      }
    };
  }

  /// Where the results of chunks lie: in shared memory if there are several, else with the worker.
  private static final class Results {
    private final AttentionPlan plan;
    private final int valueRows;
    private final Scratch.Frame frame;
    private final long slot;
    private final long bytes;
    private final AttentionPartial[][] partials;

    Results(AttentionPlan plan, Step step, SegmentCompiler compiler, Scratch.Frame frame) {
      this.plan = plan;
      this.valueRows =
          AttentionTile.padded(Math.toIntExact(step.output().type().shape().rowLength()));
      this.bytes = AttentionPartial.bytes(plan.width(), valueRows) * plan.tilePanels();
      this.frame = frame;
      boolean isShared = plan.chunks() > 1;
      int count = isShared ? plan.tiles() * plan.chunks() : compiler.workers();
      this.slot = isShared ? frame.reserveShared(bytes * count) : frame.reserve(bytes);
      this.partials = new AttentionPartial[count][];
    }

    /// One result for each panel of a tile.
    AttentionPartial[] get(int tile, int chunk, int worker) {
      boolean isShared = plan.chunks() > 1;
      int index = isShared ? tile * plan.chunks() + chunk : worker;
      if (partials[index] == null) {
        MemorySegment segment = isShared ? frame.shared() : frame.ofWorker(worker);
        partials[index] = make(segment, isShared ? slot + index * bytes : slot);
      }
      return partials[index];
    }

    private AttentionPartial[] make(MemorySegment segment, long at) {
      long panelBytes = bytes / plan.tilePanels();
      return IntStream.range(0, plan.tilePanels())
          .mapToObj(
              i -> new AttentionPartial(segment, at + i * panelBytes, plan.width(), valueRows))
          .toArray(AttentionPartial[]::new);
    }
  }

  private record TileKernel(
      AttentionPlan plan, AttentionTile tile, Results results, AttentionOutput output)
      implements Kernel {
    @Override
    public int parts() {
      return plan.tiles() * plan.visibleChunks();
    }

    @Override
    public void run(int part, int worker) {
      int index = part % plan.tiles();
      int chunk = part / plan.tiles();
      int firstKey = chunk * plan.chunkKeys();
      int endKey = Math.min(plan.length(), firstKey + plan.chunkKeys());
      AttentionPartial[] partials = results.get(index, chunk, worker);
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
      AttentionPartial[] sums = results.get(tile, 0, worker);
      for (int chunk = 1; chunk < plan.visibleChunks(); chunk++) {
        AttentionPartial[] next = results.get(tile, chunk, worker);
        for (int i = 0; i < sums.length; i++) {
          add(next[i], sums[i]);
        }
      }
      output.write(tile, sums);
    }

    private void add(AttentionPartial next, AttentionPartial sum) {
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
      scale(sum);
      scale(next);
      MemorySegment y = sum.segment();
      int elements = sum.valueRows() * plan.width();
      arithmetic
          .rows()
          .binary(
              Binary.Kind.ADD,
              y,
              sum.valuesAt(),
              next.segment(),
              next.valuesAt(),
              y,
              sum.valuesAt(),
              elements);
    }

    private void scale(AttentionPartial partial) {
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

  /// Turns sums of weighted values into results.
  private record AttentionOutput(AttentionPlan plan, HeadRows y, Rows sinks) {
    static AttentionOutput of(AttentionPlan plan, Step step) {
      Tensor sinks = step.named("sinks");
      return new AttentionOutput(
          plan, HeadRows.of(step.output()), sinks == null ? null : Rows.of(sinks));
    }

    /// Writes the results of all panels of a tile.
    void write(int tile, AttentionPartial[] sums) {
      for (int panel = plan.firstPanel(tile); panel < plan.endPanel(tile); panel++) {
        write(tile, panel, sums[panel - plan.firstPanel(tile)]);
      }
    }

    private void write(int tile, int panel, AttentionPartial sum) {
      for (int column = 0; column < plan.columns(panel); column++) {
        int head = plan.head(tile, panel, column);
        long at = y.at(plan.batchEntry(tile), plan.token(panel, column), head);
        float factor = factor(head, column, sum);
        for (int i = 0; i < y.size(); i++) {
          int element = i * plan.width() + column;
          float value = ScalarRowMath.get(sum.segment(), sum.valuesAt(), element);
          ScalarRowMath.set(y.segment(), at, i, factor * value);
        }
      }
    }

    /// What makes the weights of a query add up to 1, the sink's included; 0 if it sees nothing.
    private float factor(int head, int column, AttentionPartial sum) {
      double total = sum.sum(column);
      if (sinks != null) {
        float sink = ScalarRowMath.get(sinks.segment(), sinks.at(0), head);
        total += Math.exp(sink - sum.max(column));
      }
      return total == 0 ? 0 : (float) (1 / total);
    }
  }
}
