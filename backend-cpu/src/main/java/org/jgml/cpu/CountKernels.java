package org.jgml.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import org.jgml.core.backend.Step;

/// Counts of equal elements: those of each row, then their sum.
final class CountKernels {
  private CountKernels() {}

  static void countEqual(Step step, SegmentCompiler compiler) {
    Indices a = new Indices(step.input(0));
    Indices b = new Indices(step.input(1));
    Parts parts = Parts.of(a.rows().count(), a.rowLength(), compiler.workers());
    Scratch.Frame frame = compiler.frame();
    long slot = frame.reserveShared((long) a.rows().count() * Long.BYTES);
    compiler.add(new RowCounts(a, b, parts, frame, slot));
    compiler.add(new Total(a.rows().count(), frame, slot, Rows.of(step.output())));
  }

  private record RowCounts(Indices a, Indices b, Parts rowParts, Scratch.Frame frame, long slot)
      implements Kernel {
    @Override
    public int parts() {
      return rowParts.count();
    }

    @Override
    public void run(int part, int worker) {
      for (int row = rowParts.first(part); row < rowParts.end(part); row++) {
        long equal = 0;
        for (int i = 0; i < a.rowLength(); i++) {
          equal += a.get(row, i) == b.get(row, i) ? 1 : 0;
        }
        frame.shared().set(JAVA_LONG, slot + 8L * row, equal);
      }
    }
  }

  private record Total(int count, Scratch.Frame frame, long slot, Rows y) implements Kernel {
    @Override
    public int parts() {
      return 1;
    }

    @Override
    public void run(int part, int worker) {
      long sum = 0;
      for (int i = 0; i < count; i++) {
        sum += frame.shared().get(JAVA_LONG, slot + 8L * i);
      }
      y.segment().set(JAVA_LONG_UNALIGNED, y.at(0), sum);
    }
  }
}
