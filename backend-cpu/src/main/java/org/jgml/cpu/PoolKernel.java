package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Pool;

/// Maxima or means under a window: rows of the input are merged into one, then its columns.
final class PoolKernel implements Kernel {
  private final boolean isMaximum;
  private final WindowRows rows;
  private final RowMath math;
  private final FloatOperand x;
  private final FloatResult y;
  private final Scratch.Frame frame;
  private final long slot;
  private final Parts parts;

  private PoolKernel(
      Pool op,
      WindowRows rows,
      FloatOperand x,
      FloatResult y,
      Scratch.Frame frame,
      SegmentCompiler compiler) {
    this.isMaximum = op.reduction() == Pool.Reduction.MAXIMUM;
    this.rows = rows;
    this.math = compiler.rows();
    this.x = x;
    this.y = y;
    this.frame = frame;
    this.slot = frame.reserve((long) rows.inputWidth() * Float.BYTES);
    long nanos = (long) rows.outputWidth() * rows.tapWidth() + rows.inputWidth() * rows.tapRows();
    this.parts = Parts.of(y.count(), nanos, compiler.workers());
  }

  static Binding pool(Pool op) {
    return (step, compiler) -> {
      Scratch.Frame frame = compiler.frame();
      FloatOperand x = FloatOperand.of(Rows.of(step.input(0)), compiler, frame);
      FloatResult y = new FloatResult(Rows.of(step.output()), compiler, frame);
      WindowRows rows =
          WindowRows.of(op.window(), op.window().spatial(step.input(0).type().shape()));
      compiler.add(new PoolKernel(op, rows, x, y, frame, compiler));
    };
  }

  @Override
  public int parts() {
    return parts.count();
  }

  @Override
  public void run(int part, int worker) {
    for (int row = parts.first(part); row < parts.end(part); row++) {
      mergeRows(row, worker);
      MemorySegment merged = frame.ofWorker(worker);
      MemorySegment to = y.segment(worker);
      math.fill(start(), to, y.at(row), rows.outputWidth());
      for (int tap = 0; tap < rows.tapWidth(); tap++) {
        mergeColumns(merged, to, y.at(row), tap);
      }
      if (!isMaximum) {
        float share = 1f / (rows.tapRows() * rows.tapWidth());
        math.multiply(share, to, y.at(row), to, y.at(row), rows.outputWidth());
      }
      y.store(row, worker);
    }
  }

  private float start() {
    return isMaximum ? Float.NEGATIVE_INFINITY : 0;
  }

  private void mergeRows(int row, int worker) {
    int plane = row / rows.outputRows();
    MemorySegment merged = frame.ofWorker(worker);
    math.fill(start(), merged, slot, rows.inputWidth());
    for (int tapRow = 0; tapRow < rows.tapRows(); tapRow++) {
      int inputRow = rows.inputRow(row % rows.outputRows(), tapRow);
      if (inputRow >= 0) {
        int from = plane * rows.inputRows() + inputRow;
        MemorySegment source = x.load(from, worker);
        merge(source, x.at(from), merged, slot, rows.inputWidth());
      }
    }
  }

  private void mergeColumns(MemorySegment merged, MemorySegment to, long yAt, int tap) {
    int first = rows.firstColumn(tap);
    int length = rows.endColumn(tap) - first;
    long from = slot + 4L * rows.column(first, tap);
    long at = yAt + 4L * first;
    long stride = 4L * rows.columnStride();
    if (stride == Float.BYTES) {
      merge(merged, from, to, at, length);
    } else if (isMaximum) {
      for (int i = 0; i < length; i++) {
        float value = merged.get(RowMath.FLOAT, from + i * stride);
        to.set(RowMath.FLOAT, at + 4L * i, Math.max(value, to.get(RowMath.FLOAT, at + 4L * i)));
      }
    } else {
      for (int i = 0; i < length; i++) {
        float value = merged.get(RowMath.FLOAT, from + i * stride);
        to.set(RowMath.FLOAT, at + 4L * i, value + to.get(RowMath.FLOAT, at + 4L * i));
      }
    }
  }

  private void merge(MemorySegment from, long fromAt, MemorySegment to, long toAt, int length) {
    if (isMaximum) {
      math.maximum(from, fromAt, to, toAt, to, toAt, length);
    } else {
      math.binary(Binary.Kind.ADD, from, fromAt, to, toAt, to, toAt, length);
    }
  }
}
