package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Fold;
import org.jgml.core.op.Unfold;

/// Patches under a window: taken out of a tensor, and put back. Operands are dense F32.
final class WindowKernels {
  private WindowKernels() {}

  static Binding unfold(Unfold op) {
    return (step, compiler) -> {
      WindowRows rows =
          WindowRows.of(op.window(), op.window().spatial(step.input(0).type().shape()));
      Rows y = Rows.of(step.output());
      Parts parts = Parts.of(y.count(), y.length(), compiler.workers());
      compiler.add(new UnfoldKernel(rows, step.input(0), y, compiler.rows(), parts));
    };
  }

  static Binding fold(Fold op) {
    return (step, compiler) -> {
      WindowRows rows = WindowRows.of(op.window(), op.spatial());
      Rows y = Rows.of(step.output());
      long nanos = (long) y.length() * op.window().taps() / 4;
      Parts parts = Parts.of(y.count(), nanos, compiler.workers());
      compiler.add(new FoldKernel(rows, step.input(0), y, compiler.rows(), parts));
    };
  }

  /// The byte of an element of a dense F32 tensor.
  static long at(Tensor tensor, long element) {
    return tensor.byteOffset(tensor.layout().offset() + element);
  }

  /// Each result row is one channel at one tap.
  private record UnfoldKernel(WindowRows rows, Tensor x, Rows y, RowMath math, Parts rowParts)
      implements Kernel {
    @Override
    public int parts() {
      return rowParts.count();
    }

    @Override
    public void run(int part, int worker) {
      int taps = rows.tapRows() * rows.tapWidth();
      for (int row = rowParts.first(part); row < rowParts.end(part); row++) {
        long plane = row / taps;
        int tapRow = row % taps / rows.tapWidth();
        for (int outputRow = 0; outputRow < rows.outputRows(); outputRow++) {
          long yAt = y.at(row) + 4L * outputRow * rows.outputWidth();
          int inputRow = rows.inputRow(outputRow, tapRow);
          if (inputRow < 0) {
            math.fill(0, y.segment(), yAt, rows.outputWidth());
          } else {
            long element = (plane * rows.inputRows() + inputRow) * rows.inputWidth();
            copyRow(at(x, element), yAt, row % rows.tapWidth());
          }
        }
      }
    }

    private void copyRow(long xAt, long yAt, int tap) {
      int first = rows.firstColumn(tap);
      int end = rows.endColumn(tap);
      math.fill(0, y.segment(), yAt, first);
      if (rows.columnStride() == 1) {
        long from = xAt + 4L * rows.column(first, tap);
        MemorySegment.copy(x.segment(), from, y.segment(), yAt + 4L * first, 4L * (end - first));
      } else {
        for (int i = first; i < end; i++) {
          float value = ScalarRowMath.get(x.segment(), xAt, rows.column(i, tap));
          y.segment().set(RowMath.FLOAT, yAt + 4L * i, value);
        }
      }
      math.fill(0, y.segment(), yAt + 4L * end, rows.outputWidth() - end);
    }
  }

  /// Each result row gathers what every tap puts there.
  private record FoldKernel(WindowRows rows, Tensor x, Rows y, RowMath math, Parts rowParts)
      implements Kernel {
    @Override
    public int parts() {
      return rowParts.count();
    }

    @Override
    public void run(int part, int worker) {
      for (int row = rowParts.first(part); row < rowParts.end(part); row++) {
        math.fill(0, y.segment(), y.at(row), y.length());
        long plane = row / rows.inputRows();
        for (int tapRow = 0; tapRow < rows.tapRows(); tapRow++) {
          int outputRow = rows.outputRow(row % rows.inputRows(), tapRow);
          for (int tap = 0; outputRow >= 0 && tap < rows.tapWidth(); tap++) {
            long patchRow = (plane * rows.tapRows() + tapRow) * rows.tapWidth() + tap;
            long element = (patchRow * rows.outputRows() + outputRow) * rows.outputWidth();
            addRow(at(x, element), y.at(row), tap);
          }
        }
      }
    }

    private void addRow(long xAt, long yAt, int tap) {
      int first = rows.firstColumn(tap);
      int end = rows.endColumn(tap);
      long to = yAt + 4L * rows.column(first, tap);
      if (rows.columnStride() == 1) {
        math.binary(
            Binary.Kind.ADD,
            y.segment(),
            to,
            x.segment(),
            xAt + 4L * first,
            y.segment(),
            to,
            end - first);
        return;
      }
      int stride = rows.columnStride();
      for (int i = first; i < end; i++) {
        int target = (i - first) * stride;
        float sum = ScalarRowMath.get(y.segment(), to, target);
        ScalarRowMath.set(y.segment(), to, target, sum + ScalarRowMath.get(x.segment(), xAt, i));
      }
    }
  }
}
