package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Conv;
import org.jgml.core.op.Window;
import org.jgml.core.tensor.Shape;

/// Convolution where few outputs share a channel, as in depthwise ones.
///
/// A band of rows is copied to scratch memory with its padding, apart by the remainders of rows and
/// columns under the stride. There each tap is one shift of the whole band, so that the inner loop
/// runs over all its rows at once; what it computes between rows is left out at the end.
final class FewOutputsKernel implements Kernel {
  /// Elements of a band: a band and its result fit into the first caches.
  private static final int BAND = 8192;

  private final WindowRows rows;
  private final Tensor x;
  private final Tensor weights;
  private final Tensor y;
  private final RowMath math;
  private final int groups;
  private final int bandRows;
  private final int bands;
  private final int pitch;
  private final int storedRows;
  private final int[] offsets;
  private final Scratch.Frame frame;
  private final long storedAt;
  private final long sumsAt;
  private final Parts parts;

  private FewOutputsKernel(Conv op, WindowRows rows, Step step, SegmentCompiler compiler) {
    this.rows = rows;
    this.x = step.input(0);
    this.weights = step.input(1);
    this.y = step.output();
    this.math = compiler.rows();
    this.groups = op.groups();
    this.pitch = rows.outputWidth() + reach(2) / stride(2);
    this.bandRows = Math.clamp(BAND / pitch, 1, height());
    this.bands = Math.ceilDiv(height(), bandRows);
    this.storedRows = bandRows + reach(1) / stride(1);
    this.offsets = offsets();
    this.frame = compiler.frame();
    int stored = stride(1) * stride(2) * storedRows * pitch;
    // A shift within the last row of a band reads beyond it.
    this.storedAt = frame.reserve((long) (stored + pitch + reach(2)) * Float.BYTES);
    this.sumsAt = frame.reserve((long) bandRows * pitch * Float.BYTES);
    long planes = y.type().shape().dim(0) * y.type().shape().dim(1) * rows.output().dim(0);
    long nanos = (long) bandRows * pitch * op.window().taps() * channels() / 8;
    this.parts = Parts.of(Math.toIntExact(planes * bands), nanos, compiler.workers());
  }

  static void bind(Conv op, WindowRows rows, Step step, SegmentCompiler compiler) {
    compiler.add(new FewOutputsKernel(op, rows, step, compiler));
  }

  private int height() {
    return (int) rows.output().dim(1);
  }

  private int stride(int axis) {
    return rows.window().stride().get(axis);
  }

  private int channels() {
    return (int) weights.type().shape().dim(1);
  }

  /// How far the last tap of an axis is from the first.
  private int reach(int axis) {
    Window window = rows.window();
    return (window.kernel().get(axis) - 1) * window.dilation().get(axis);
  }

  /// The shift of each tap of a plane.
  private int[] offsets() {
    Window window = rows.window();
    int width = rows.tapWidth();
    int[] shifts = new int[window.kernel().get(1) * width];
    for (int tap = 0; tap < shifts.length; tap++) {
      int row = tap / width * window.dilation().get(1);
      int column = tap % width * window.dilation().get(2);
      int part = row % stride(1) * stride(2) + column % stride(2);
      shifts[tap] = (part * storedRows + row / stride(1)) * pitch + column / stride(2);
    }
    return shifts;
  }

  @Override
  public int parts() {
    return parts.count();
  }

  @Override
  public void run(int part, int worker) {
    for (int item = parts.first(part); item < parts.end(part); item++) {
      int firstRow = item % bands * bandRows;
      int count = Math.min(bandRows, height() - firstRow);
      runBand(item / bands, firstRow, count, frame.ofWorker(worker));
    }
  }

  /// Computes rows of a plane of the result; planes are numbered over images, outputs and depth.
  private void runBand(int plane, int firstRow, int count, MemorySegment scratch) {
    int depth = (int) rows.output().dim(0);
    int outputs = (int) weights.type().shape().dim(0);
    int image = plane / depth / outputs;
    int filter = plane / depth % outputs;
    int group = filter / (outputs / groups);
    math.fill(0, scratch, sumsAt, count * pitch);
    for (int channel = 0; channel < channels(); channel++) {
      long source = ((long) image * groups + group) * channels() + channel;
      addChannel(
          source, (long) filter * channels() + channel, plane % depth, firstRow, count, scratch);
    }
    long element = ((long) plane * height() + firstRow) * rows.outputWidth();
    for (int row = 0; row < count; row++) {
      long to = WindowKernels.at(y, element + (long) row * rows.outputWidth());
      long from = sumsAt + (long) row * pitch * Float.BYTES;
      MemorySegment.copy(scratch, from, y.segment(), to, 4L * rows.outputWidth());
    }
  }

  private void addChannel(
      long source, long filter, int depth, int firstRow, int count, MemorySegment scratch) {
    Window window = rows.window();
    Shape input = rows.input();
    for (int tap = 0; tap < window.kernel().get(0); tap++) {
      int at = depth * stride(0) + tap * window.dilation().get(0) - window.padding().get(0);
      if (at >= 0 && at < input.dim(0)) {
        store((source * input.dim(0) + at) * input.dim(1), firstRow, scratch);
        long weight = (filter * window.kernel().get(0) + tap) * offsets.length;
        math.addShifted(
            weights.segment(),
            WindowKernels.at(weights, weight),
            offsets,
            scratch,
            storedAt,
            scratch,
            sumsAt,
            count * pitch);
      }
    }
  }

  /// Copies the rows that a band meets to scratch memory.
  private void store(long plane, int firstRow, MemorySegment scratch) {
    int parted = stride(1) * stride(2);
    for (int part = 0; part < parted; part++) {
      int padding = rows.window().padding().get(1) - part / stride(2);
      for (int row = 0; row < storedRows; row++) {
        int from = (firstRow + row) * stride(1) - padding;
        long to = storedAt + 4L * (part * storedRows + row) * pitch;
        if (from < 0 || from >= rows.input().dim(1)) {
          math.fill(0, scratch, to, pitch);
        } else {
          long at = WindowKernels.at(x, (plane + from) * rows.inputWidth());
          storeRow(at, part % stride(2) - rows.window().padding().get(2), scratch, to);
        }
      }
    }
  }

  /// Copies every column of a row that is a multiple of the stride away from `start`.
  private void storeRow(long xAt, int start, MemorySegment scratch, long to) {
    int stride = stride(2);
    int first = Math.clamp(Math.ceilDiv(-start, stride), 0, pitch);
    int inside = Math.floorDiv(rows.inputWidth() - 1 - start, stride) + 1;
    int end = Math.clamp(inside, first, pitch);
    math.fill(0, scratch, to, first);
    long from = xAt + 4L * (start + first * stride);
    if (stride == 1) {
      MemorySegment.copy(x.segment(), from, scratch, to + 4L * first, 4L * (end - first));
    } else {
      for (int i = first; i < end; i++) {
        float value = ScalarRowMath.get(x.segment(), from, (i - first) * stride);
        scratch.set(RowMath.FLOAT, to + 4L * i, value);
      }
    }
    math.fill(0, scratch, to + 4L * end, pitch - end);
  }
}
