package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;

/// Partial results of attention: their union, and the end of it.
final class AttentionMergeKernels {
  private AttentionMergeKernels() {}

  static void merge(Step step, SegmentCompiler compiler) {
    Rows[] rows = step.inputs().stream().map(Rows::of).toArray(Rows[]::new);
    Rows y = Rows.of(step.output());
    Parts parts = Parts.of(y.count(), (long) y.length() * rows.length, compiler.workers());
    compiler.add(new MergeKernel(rows, y, compiler.rows(), parts));
  }

  static void finish(Step step, SegmentCompiler compiler) {
    RowMath math = compiler.rows();
    RowKernel.bind(
        (_, x, xAt, y, yAt, length) -> {
          float sum = ScalarRowMath.get(x, xAt, length - 1);
          math.multiply(sum == 0 ? 0 : 1 / sum, x, xAt, y, yAt, length - 2);
        },
        step,
        compiler);
  }

  private record MergeKernel(Rows[] operands, Rows y, RowMath math, Parts rowParts)
      implements Kernel {
    @Override
    public int parts() {
      return rowParts.count();
    }

    @Override
    public void run(int part, int worker) {
      for (int row = rowParts.first(part); row < rowParts.end(part); row++) {
        merge(row);
      }
    }

    private void merge(int row) {
      int values = y.length() - 2;
      float max = Float.NEGATIVE_INFINITY;
      for (Rows operand : operands) {
        max = Math.max(max, get(operand, row, values));
      }
      MemorySegment target = y.segment();
      long at = y.at(row);
      math.fill(0, target, at, y.length());
      double sum = 0;
      for (Rows operand : operands) {
        float partMax = get(operand, row, values);
        if (partMax != Float.NEGATIVE_INFINITY) {
          double factor = Math.exp(partMax - max);
          math.addMultiple((float) factor, operand.segment(), operand.at(row), target, at, values);
          sum += factor * get(operand, row, values + 1);
        }
      }
      ScalarRowMath.set(target, at, values, max);
      ScalarRowMath.set(target, at, values + 1, sum);
    }

    private static float get(Rows rows, int row, int element) {
      return ScalarRowMath.get(rows.segment(), rows.at(row), element);
    }
  }
}
