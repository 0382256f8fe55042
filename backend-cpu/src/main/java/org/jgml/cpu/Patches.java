package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Tensor;
import org.jgml.cpu.matmul.MatrixView;

/// The patches that a window sees, one a row, gathered block by block into scratch memory of a
/// worker: what [org.jgml.core.op.Unfold] gives, transposed, without ever being there as a whole.
final class Patches {
  /// Patches in a block.
  static final int BLOCK = 32;

  private static final int LINE = 64;

  private final WindowRows rows;
  private final Tensor x;
  private final int channels;
  private final Scratch.Frame frame;
  private final long rowBytes;
  private final long slot;
  private final MatrixView[] views;

  /// @param channels planes of `x` that one patch runs through
  Patches(WindowRows rows, Tensor x, int channels, Scratch.Frame frame) {
    this.rows = rows;
    this.x = x;
    this.channels = channels;
    this.frame = frame;
    long bytes = (long) channels * taps() * Float.BYTES;
    // An odd number of cache lines keeps the rows of a block in different sets of the first cache.
    this.rowBytes = (Math.ceilDiv(bytes, LINE) | 1) * LINE;
    this.slot = frame.reserve(BLOCK * rowBytes);
    this.views = new MatrixView[frame.workers()];
  }

  private int taps() {
    return rows.tapRows() * rows.tapWidth();
  }

  /// Patches of one image.
  int positions() {
    return rows.outputRows() * rows.outputWidth();
  }

  /// Blocks of patches of one image.
  int blocks() {
    return Math.ceilDiv(positions(), BLOCK);
  }

  /// The block of a worker as a matrix.
  MatrixView view(int worker) {
    MatrixView view = views[worker];
    if (view == null) {
      view = new MatrixView(frame.ofWorker(worker), slot, rowBytes);
      views[worker] = view;
    }
    return view;
  }

  /// Gathers a block; returns the number of its patches.
  ///
  /// @param group which run of `channels` planes
  int gather(int group, int block, int worker) {
    int first = block * BLOCK;
    int count = Math.min(BLOCK, positions() - first);
    MemorySegment to = frame.ofWorker(worker);
    for (int channel = 0; channel < channels; channel++) {
      long plane = (long) group * channels + channel;
      for (int done = 0; done < count; ) {
        int position = first + done;
        int column = position % rows.outputWidth();
        int run = Math.min(count - done, rows.outputWidth() - column);
        long toAt = slot + done * rowBytes + (long) channel * taps() * Float.BYTES;
        gatherRun(plane, position / rows.outputWidth(), column, run, to, toAt);
        done += run;
      }
    }
    return count;
  }

  /// Gathers neighbours in an output row.
  private void gatherRun(
      long plane, int outputRow, int column, int run, MemorySegment to, long toAt) {
    for (int tapRow = 0; tapRow < rows.tapRows(); tapRow++) {
      int inputRow = rows.inputRow(outputRow, tapRow);
      long element = (plane * rows.inputRows() + inputRow) * rows.inputWidth();
      for (int tap = 0; tap < rows.tapWidth(); tap++) {
        long at = toAt + (long) (tapRow * rows.tapWidth() + tap) * Float.BYTES;
        int begin = inputRow < 0 ? column + run : Math.max(column, rows.firstColumn(tap));
        int end = inputRow < 0 ? column + run : Math.min(column + run, rows.endColumn(tap));
        clear(to, at, Math.min(begin, column + run) - column);
        if (end > begin) {
          long from = WindowKernels.at(x, element + rows.column(begin, tap));
          copy(from, to, at + (begin - column) * rowBytes, end - begin);
        }
        int stop = Math.max(end, Math.min(begin, column + run));
        clear(to, at + (stop - column) * rowBytes, column + run - stop);
      }
    }
  }

  private void clear(MemorySegment to, long at, int count) {
    for (int i = 0; i < count; i++) {
      to.set(RowMath.FLOAT, at + i * rowBytes, 0);
    }
  }

  private void copy(long from, MemorySegment to, long at, int count) {
    MemorySegment source = x.segment();
    long stride = (long) rows.columnStride() * Float.BYTES;
    for (int i = 0; i < count; i++) {
      to.set(RowMath.FLOAT, at + i * rowBytes, source.get(RowMath.FLOAT, from + i * stride));
    }
  }
}
