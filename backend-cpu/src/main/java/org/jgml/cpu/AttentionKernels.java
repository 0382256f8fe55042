package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Attention;

/// Attention: tiles over chunks of keys, and if there are several chunks their combination.
final class AttentionKernels {
  private AttentionKernels() {}

  static Binding attention(Attention op) {
    return (step, compiler) -> {
      AttentionPlan plan = AttentionPlan.of(op, step, compiler.arithmetic().panels());
      Scratch.Frame frame = compiler.frame();
      Results results = Results.of(plan, step, frame);
      AttentionTile tile = new AttentionTile(plan, step, compiler, frame);
      AttentionOutput output = AttentionOutput.of(plan, step);
      compiler.add(new TileKernel(plan, tile, results, output));
      if (plan.chunks() > 1) {
        compiler.add(new CombineKernel(plan, results, output, compiler.arithmetic()));
      }
    };
  }

  /// Where the results of chunks lie: in shared memory if there are several, else with the worker.
  private record Results(
      AttentionPlan plan, int valueRows, Scratch.Frame frame, long slot, long bytes) {
    static Results of(AttentionPlan plan, Step step, Scratch.Frame frame) {
      int valueSize = Math.toIntExact(step.output().type().shape().rowLength());
      int valueRows = AttentionTile.padded(valueSize);
      long bytes = AttentionPartial.bytes(plan.width(), valueRows);
      long all = bytes * plan.tiles() * plan.chunks();
      long slot = plan.chunks() > 1 ? frame.reserveShared(all) : frame.reserve(bytes);
      return new Results(plan, valueRows, frame, slot, bytes);
    }

    AttentionPartial ofChunk(int tile, int chunk) {
      long at = slot + ((long) tile * plan.chunks() + chunk) * bytes;
      return new AttentionPartial(frame.shared(), at, plan.width(), valueRows);
    }

    AttentionPartial ofWorker(int worker) {
      return new AttentionPartial(frame.ofWorker(worker), slot, plan.width(), valueRows);
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
      if (plan.chunks() > 1) {
        tile.run(index, firstKey, endKey, results.ofChunk(index, chunk), worker);
      } else {
        AttentionPartial result = results.ofWorker(worker);
        tile.run(index, firstKey, endKey, result, worker);
        output.write(index, result);
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
      AttentionPartial sum = results.ofChunk(tile, 0);
      for (int chunk = 1; chunk < plan.visibleChunks(); chunk++) {
        add(results.ofChunk(tile, chunk), sum);
      }
      output.write(tile, sum);
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
              org.jgml.core.op.Binary.Kind.ADD,
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

    void write(int tile, AttentionPartial sum) {
      int panel = plan.panel(tile);
      for (int column = 0; column < plan.columns(panel); column++) {
        int head = plan.head(tile, column);
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
