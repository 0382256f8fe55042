package org.jgml.cpu;

import org.jgml.core.op.Band;

/// Bands of matrices: each row is kept between two columns and filled outside them.
final class BandKernel {
  private BandKernel() {}

  static Binding band(Band op) {
    return (step, compiler) -> {
      RowMath math = compiler.rows();
      int rows = Math.toIntExact(step.output().type().shape().dim(-2));
      RowKernel.bind(
          (row, x, xAt, y, yAt, length) -> {
            int first = (int) Math.clamp(row % rows + op.first(), 0L, (long) length);
            int end = (int) Math.clamp(row % rows + op.last() + 1, (long) first, (long) length);
            math.fill(op.elsewhere(), y, yAt, first);
            CopyKernels.copyFloats(row, x, xAt + 4L * first, y, yAt + 4L * first, end - first);
            math.fill(op.elsewhere(), y, yAt + 4L * end, length - end);
          },
          step,
          compiler);
    };
  }
}
