package org.jgml.cpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import org.jgml.core.backend.Step;

/// The sum of a whole tensor: the sum of each row, or piece, then the sum of those.
final class SumKernels {
  private SumKernels() {}

  static void sum(Step step, SegmentCompiler compiler) {
    boolean isDense = step.input(0).layout().isDense();
    Rows x = isDense ? Rows.pieces(step.input(0)) : Rows.of(step.input(0));
    Parts parts = Parts.of(x.count(), x.length(), compiler.workers());
    Scratch.Frame frame = compiler.frame();
    long slot = frame.reserveShared((long) x.count() * Double.BYTES);
    compiler.add(new RowSums(x, parts, compiler.rows(), frame, slot));
    compiler.add(new TotalSum(x.count(), frame, slot, Rows.of(step.output())));
  }

  private record RowSums(Rows x, Parts rowParts, RowMath math, Scratch.Frame frame, long slot)
      implements Kernel {
    @Override
    public int parts() {
      return rowParts.count();
    }

    @Override
    public void run(int part, int worker) {
      for (int row = rowParts.first(part); row < rowParts.end(part); row++) {
        double sum = math.sum(x.segment(), x.at(row), x.length(row));
        frame.shared().set(JAVA_DOUBLE, slot + 8L * row, sum);
      }
    }
  }

  private record TotalSum(int count, Scratch.Frame frame, long slot, Rows y) implements Kernel {
    @Override
    public int parts() {
      return 1;
    }

    @Override
    public void run(int part, int worker) {
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += frame.shared().get(JAVA_DOUBLE, slot + 8L * i);
      }
      ScalarRowMath.set(y.segment(), y.at(0), 0, sum);
    }
  }
}
