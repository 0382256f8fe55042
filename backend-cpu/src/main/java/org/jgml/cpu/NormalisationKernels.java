package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.L2Norm;
import org.jgml.core.op.Norm;
import org.jgml.core.op.RmsNorm;

/// Ops that bring rows to a common length or spread.
final class NormalisationKernels {
  private NormalisationKernels() {}

  static Binding rmsNorm(RmsNorm op) {
    return (step, compiler) -> {
      Tensor scale = step.named("scale");
      RowMath math = compiler.rows();
      RowKernel.bind(
          scale == null ? rmsNorm(op, math) : scaledRmsNorm(op, Rows.of(scale), math),
          step,
          compiler);
    };
  }

  private static RowKernel.Function rmsNorm(RmsNorm op, RowMath math) {
    return (_, x, xAt, y, yAt, length) ->
        math.multiply(rmsFactor(op, math, x, xAt, length), x, xAt, y, yAt, length);
  }

  private static RowKernel.Function scaledRmsNorm(RmsNorm op, Rows scale, RowMath math) {
    MemorySegment learned = scale.segment();
    long learnedAt = scale.at(0);
    return (_, x, xAt, y, yAt, length) -> {
      float factor = rmsFactor(op, math, x, xAt, length);
      math.multiply(factor, x, xAt, learned, learnedAt, y, yAt, length);
    };
  }

  private static float rmsFactor(RmsNorm op, RowMath math, MemorySegment x, long xAt, int length) {
    double meanSquare = (double) math.sumOfSquares(x, xAt, length) / length;
    return (float) (1 / Math.sqrt(meanSquare + op.epsilon()));
  }

  static Binding norm(Norm op) {
    return (step, compiler) -> {
      RowMath math = compiler.rows();
      RowKernel.bind(
          (_, x, xAt, y, yAt, length) -> {
            centre(math, math.sum(x, xAt, length) / length, x, xAt, y, yAt, length);
            double variance = (double) math.sumOfSquares(y, yAt, length) / length;
            float factor = (float) (1 / Math.sqrt(variance + op.epsilon()));
            math.multiply(factor, y, yAt, y, yAt, length);
          },
          step,
          compiler);
    };
  }

  /// Subtracts a mean in two parts, since elements may differ by less than it is rounded.
  static void centre(
      RowMath math, double mean, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    float rounded = (float) mean;
    math.add(-rounded, x, xAt, y, yAt, length);
    math.add((float) (rounded - mean), y, yAt, y, yAt, length);
  }

  static Binding l2Norm(L2Norm op) {
    return (step, compiler) -> {
      RowMath math = compiler.rows();
      RowKernel.bind(
          (_, x, xAt, y, yAt, length) -> {
            double norm = Math.sqrt(math.sumOfSquares(x, xAt, length));
            float factor = (float) (1 / Math.max(norm, op.epsilon()));
            math.multiply(factor, x, xAt, y, yAt, length);
          },
          step,
          compiler);
    };
  }
}
