package org.jgml.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;
import org.jgml.core.op.Argsort;
import org.jgml.core.op.TopK;

/// Ops that sum rows or order what is in them.
final class ReductionKernels {
  private ReductionKernels() {}

  static void argmax(Step step, SegmentCompiler compiler) {
    RowMath math = compiler.rows();
    RowKernel.bindToValues(
        (_, x, xAt, y, yAt, length) -> {
          float max = math.max(x, xAt, length);
          y.set(JAVA_INT_UNALIGNED, yAt, indexOf(max, x, xAt, length));
        },
        step,
        compiler);
  }

  /// The first index of a value; 0 if it is not there, which means that nothing is a number.
  private static int indexOf(float value, MemorySegment x, long xAt, int length) {
    for (int i = 0; i < length; i++) {
      if (ScalarRowMath.get(x, xAt, i) == value) {
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

  static Binding topK(TopK op) {
    return (step, compiler) -> compiler.add(new SortKernel(step, true, compiler));
  }
}
