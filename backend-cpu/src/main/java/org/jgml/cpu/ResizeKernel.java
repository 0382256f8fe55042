package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.op.Interpolation;
import org.jgml.core.op.Resize;
import org.jgml.core.tensor.Shape;

/// Resized images: rows are blended into one of the old width, then its columns.
final class ResizeKernel implements Kernel {
  private final RowMath math;
  private final FloatOperand x;
  private final FloatResult y;
  private final Scratch.Frame frame;
  private final long slot;
  private final int width;
  private final int height;
  private final Interpolation.Taps[] rows;
  private final Columns columns;
  private final Parts parts;

  private ResizeKernel(
      Resize op,
      Shape from,
      FloatOperand x,
      FloatResult y,
      Scratch.Frame frame,
      SegmentCompiler compiler) {
    this.math = compiler.rows();
    this.x = x;
    this.y = y;
    this.frame = frame;
    this.width = Math.toIntExact(from.dim(-1));
    this.height = Math.toIntExact(from.dim(-2));
    this.slot = frame.reserve((long) width * Float.BYTES);
    this.rows = op.interpolation().taps(height, op.height(), op.alignCorners());
    this.columns = Columns.of(op.interpolation().taps(width, op.width(), op.alignCorners()));
    long nanos = columns.weights.length + (long) width * rows[0].count() / 4;
    this.parts = Parts.of(y.count(), nanos, compiler.workers());
  }

  static Binding resize(Resize op) {
    return (step, compiler) -> {
      Scratch.Frame frame = compiler.frame();
      FloatOperand x = FloatOperand.of(Rows.of(step.input(0)), compiler, frame);
      FloatResult y = new FloatResult(Rows.of(step.output()), compiler, frame);
      compiler.add(new ResizeKernel(op, step.input(0).type().shape(), x, y, frame, compiler));
    };
  }

  @Override
  public int parts() {
    return parts.count();
  }

  @Override
  public void run(int part, int worker) {
    for (int row = parts.first(part); row < parts.end(part); row++) {
      int image = row / rows.length;
      MemorySegment blended = frame.ofWorker(worker);
      blendRows(rows[row % rows.length], image * height, blended, worker);
      columns.blend(blended, slot, y.segment(worker), y.at(row));
      y.store(row, worker);
    }
  }

  private void blendRows(Interpolation.Taps taps, int firstRow, MemorySegment to, int worker) {
    for (int tap = 0; tap < taps.count(); tap++) {
      int row = firstRow + taps.positions()[tap];
      float weight = (float) taps.weights()[tap];
      MemorySegment from = x.load(row, worker);
      if (tap == 0) {
        math.multiply(weight, from, x.at(row), to, slot, width);
      } else {
        math.addMultiple(weight, from, x.at(row), to, slot, width);
      }
    }
  }

  /// The taps of all columns in a row: those of column `i` from `starts[i]` to `starts[i + 1]`.
  private record Columns(int[] starts, int[] positions, float[] weights) {
    static Columns of(Interpolation.Taps[] taps) {
      int[] starts = new int[taps.length + 1];
      for (int i = 0; i < taps.length; i++) {
        starts[i + 1] = starts[i] + taps[i].count();
      }
      int[] positions = new int[starts[taps.length]];
      float[] weights = new float[positions.length];
      for (int i = 0; i < taps.length; i++) {
        for (int tap = 0; tap < taps[i].count(); tap++) {
          positions[starts[i] + tap] = taps[i].positions()[tap];
          weights[starts[i] + tap] = (float) taps[i].weights()[tap];
        }
      }
      return new Columns(starts, positions, weights);
    }

    void blend(MemorySegment x, long xAt, MemorySegment y, long yAt) {
      for (int i = 0; i < starts.length - 1; i++) {
        float sum = weights[starts[i]] * ScalarRowMath.get(x, xAt, positions[starts[i]]);
        for (int tap = starts[i] + 1; tap < starts[i + 1]; tap++) {
          sum = Math.fma(weights[tap], ScalarRowMath.get(x, xAt, positions[tap]), sum);
        }
        y.set(RowMath.FLOAT, yAt + 4L * i, sum);
      }
    }
  }
}
