package org.jgml.cpu;

import org.jgml.core.op.Window;
import org.jgml.core.tensor.Shape;

/// A window over three spatial axes, seen as rows: which row of the input an output row meets at a
/// row of taps, and which of its columns at a tap within that row.
///
/// Rows of input, output and taps are numbered depth first, then height.
///
/// @param window of three axes
record WindowRows(Window window, Shape input, Shape output) {
  /// @param spatial extents of the input
  static WindowRows of(Window window, Shape spatial) {
    return new WindowRows(window.padded(), spatial.padded(3), window.output(spatial).padded(3));
  }

  int inputRows() {
    return Math.toIntExact(input.dim(0) * input.dim(1));
  }

  int outputRows() {
    return Math.toIntExact(output.dim(0) * output.dim(1));
  }

  int tapRows() {
    return window.kernel().get(0) * window.kernel().get(1);
  }

  int inputWidth() {
    return Math.toIntExact(input.dim(2));
  }

  int outputWidth() {
    return Math.toIntExact(output.dim(2));
  }

  int tapWidth() {
    return window.kernel().get(2);
  }

  /// Columns of the input from one column of the output to the next.
  int columnStride() {
    return window.stride().get(2);
  }

  /// The input row that an output row meets at a row of taps; -1 in the padding.
  int inputRow(int outputRow, int tapRow) {
    int height = (int) output.dim(1);
    int tapHeight = window.kernel().get(1);
    long depthAt = place(0, outputRow / height, tapRow / tapHeight);
    long heightAt = place(1, outputRow % height, tapRow % tapHeight);
    boolean isInside =
        depthAt >= 0 && depthAt < input.dim(0) && heightAt >= 0 && heightAt < input.dim(1);
    return isInside ? (int) (depthAt * input.dim(1) + heightAt) : -1;
  }

  /// The output row that meets an input row at a row of taps; -1 if there is none.
  int outputRow(int inputRow, int tapRow) {
    int height = (int) input.dim(1);
    int tapHeight = window.kernel().get(1);
    long depthAt = position(0, inputRow / height, tapRow / tapHeight);
    long heightAt = position(1, inputRow % height, tapRow % tapHeight);
    return depthAt < 0 || heightAt < 0 ? -1 : (int) (depthAt * output.dim(1) + heightAt);
  }

  /// The input column that an output column meets at a tap, perhaps outside the input.
  int column(int outputColumn, int tap) {
    return (int) place(2, outputColumn, tap);
  }

  /// The first output column that meets an input column at a tap.
  int firstColumn(int tap) {
    int outside = Math.ceilDiv(-column(0, tap), columnStride());
    return Math.clamp(outside, 0, outputWidth());
  }

  /// The end of the output columns that meet an input column at a tap.
  int endColumn(int tap) {
    int inside = Math.floorDiv(inputWidth() - 1 - column(0, tap), columnStride()) + 1;
    return Math.clamp(inside, firstColumn(tap), outputWidth());
  }

  private long place(int axis, long position, int tap) {
    return position * window.stride().get(axis)
        + (long) tap * window.dilation().get(axis)
        - window.padding().get(axis);
  }

  private long position(int axis, int place, int tap) {
    long steps = place + window.padding().get(axis) - (long) tap * window.dilation().get(axis);
    int stride = window.stride().get(axis);
    boolean isMet = steps >= 0 && steps % stride == 0 && steps / stride < output.dim(axis);
    return isMet ? steps / stride : -1;
  }
}
