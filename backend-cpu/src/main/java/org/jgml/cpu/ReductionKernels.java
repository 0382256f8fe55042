package org.jgml.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;

/// Ops that sum rows or find something in them.
final class ReductionKernels {
  private ReductionKernels() {}

  static void argmax(Step step, SegmentCompiler compiler) {
    RowMath math = compiler.rows();
    RowKernel.bind(
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
}
