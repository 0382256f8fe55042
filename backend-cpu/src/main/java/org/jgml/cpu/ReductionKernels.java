package org.jgml.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;
import org.jgml.core.op.Argsort;

/// Ops that sum rows or order what is in them.
final class ReductionKernels {
  /// Elements of which the maximum is taken at a time.
  private static final int CHUNK = 1024;

  private ReductionKernels() {}

  static void argmax(Step step, SegmentCompiler compiler) {
    RowMath math = compiler.rows();
    RowKernel.bindToValues(
        (_, x, xAt, y, yAt, length) ->
            y.set(JAVA_INT_UNALIGNED, yAt, indexOfMax(math, x, xAt, length)),
        step,
        compiler);
  }

  /// The first index of the maximum; 0 if nothing is a number. Only one chunk is searched for it.
  private static int indexOfMax(RowMath math, MemorySegment x, long xAt, int length) {
    float max = Float.NEGATIVE_INFINITY;
    int from = 0;
    for (int first = 0; first < length; first += CHUNK) {
      float other = math.max(x, xAt + 4L * first, Math.min(CHUNK, length - first));
      if (other > max) {
        max = other;
        from = first;
      }
    }
    for (int i = from; i < length; i++) {
      if (ScalarRowMath.get(x, xAt, i) == max) {
        return i;
      }
    }
    return 0;
  }

  static void sumRows(Step step, SegmentCompiler compiler) {
    RowMath math = compiler.rows();
    RowKernel.bindToValues(
        (_, x, xAt, y, yAt, length) -> ScalarRowMath.set(y, yAt, 0, math.sum(x, xAt, length)),
        step,
        compiler);
  }

  static void maxRows(Step step, SegmentCompiler compiler) {
    RowMath math = compiler.rows();
    RowKernel.bindToValues(
        (_, x, xAt, y, yAt, length) -> ScalarRowMath.set(y, yAt, 0, math.max(x, xAt, length)),
        step,
        compiler);
  }

  static void mean(Step step, SegmentCompiler compiler) {
    RowMath math = compiler.rows();
    RowKernel.bindToValues(
        (_, x, xAt, y, yAt, length) ->
            ScalarRowMath.set(y, yAt, 0, math.sum(x, xAt, length) / length),
        step,
        compiler);
  }

  static void cumsum(Step step, SegmentCompiler compiler) {
    RowKernel.bind(
        (_, x, xAt, y, yAt, length) -> {
          double sum = 0;
          for (int i = 0; i < length; i++) {
            sum += ScalarRowMath.get(x, xAt, i);
            ScalarRowMath.set(y, yAt, i, sum);
          }
        },
        step,
        compiler);
  }

  static Binding argsort(Argsort op) {
    return (step, compiler) -> compiler.add(new SortKernel(step, op.descending(), compiler));
  }

  static void topK(Step step, SegmentCompiler compiler) {
    compiler.add(new TopKKernel(step, compiler));
  }
}
