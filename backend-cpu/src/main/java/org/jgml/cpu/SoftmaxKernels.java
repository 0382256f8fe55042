package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Alibi;
import org.jgml.core.op.Softmax;
import org.jgml.core.tensor.Shape;

/// Softmax of rows, with and without a mask.
final class SoftmaxKernels {
  private SoftmaxKernels() {}

  static Binding softmax(Softmax op) {
    return (step, compiler) -> {
      RowSoftmax softmax = RowSoftmax.of(op, step, compiler.rows());
      if (op.masked()) {
        bindMasked(softmax, step, compiler);
      } else {
        RowKernel.bind(softmax::apply, step, compiler);
      }
    };
  }

  private static void bindMasked(RowSoftmax softmax, Step step, SegmentCompiler compiler) {
    Scratch.Frame frame = compiler.frame();
    Tensor mask = step.named("mask");
    Shape shape = step.output().type().shape();
    Tensor spread = mask.view(mask.type().withShape(shape), mask.layout().broadcastTo(shape));
    Rows result = Rows.of(step.output());
    compiler.add(
        new PairKernel(
            softmax::applyMasked,
            FloatOperand.of(Rows.of(step.input(0)), compiler, frame),
            FloatOperand.of(Rows.of(spread), compiler, frame),
            new FloatResult(result, compiler, frame),
            Parts.of(result.count(), 2L * result.length(), compiler.workers())));
  }

  /// The softmax of one row.
  private record RowSoftmax(float scale, RowMath math, int queries, float[] slopes, Rows sinks) {
    static RowSoftmax of(Softmax op, Step step, RowMath math) {
      Shape shape = step.output().type().shape();
      boolean hasHeads = shape.rank() >= 3;
      int queries = hasHeads ? Math.toIntExact(shape.dim(-2)) : 1;
      int heads = hasHeads ? Math.toIntExact(shape.dim(-3)) : 1;
      Tensor sinks = step.named("sinks");
      return new RowSoftmax(
          op.scale(),
          math,
          queries,
          Alibi.slopes(op.maxBias(), heads),
          sinks == null ? null : Rows.of(sinks));
    }

    private int head(int row) {
      return row / queries % slopes.length;
    }

    void apply(int row, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
      math.multiply(scale, x, xAt, y, yAt, length);
      normalise(row, y, yAt, length);
    }

    void applyMasked(
        int row,
        MemorySegment x,
        long xAt,
        MemorySegment mask,
        long maskAt,
        MemorySegment y,
        long yAt,
        int length) {
      math.multiply(scale, x, xAt, y, yAt, length);
      math.addMultiple(slopes[head(row)], mask, maskAt, y, yAt, length);
      normalise(row, y, yAt, length);
    }

    private void normalise(int row, MemorySegment y, long yAt, int length) {
      float sink = sink(row);
      float max = Math.max(sink, math.max(y, yAt, length));
      // In a row of minus infinities each term is 0; a NaN makes the sum one.
      float base = max == Float.NEGATIVE_INFINITY ? 0 : max;
      double sum = Math.exp(sink - base) + math.exponentials(base, y, yAt, y, yAt, length);
      math.multiply((float) (sum == 0 ? 0 : 1 / sum), y, yAt, y, yAt, length);
    }

    private float sink(int row) {
      return sinks == null
          ? Float.NEGATIVE_INFINITY
          : ScalarRowMath.get(sinks.segment(), sinks.at(0), head(row));
    }
  }
}
