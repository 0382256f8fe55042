package org.jgml.core.op;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jgml.core.tensor.Shape;

/// How a kernel moves over the one to three last axes of a tensor, the spatial ones; PyTorch's
/// terms, outermost axis first.
///
/// At output position `o`, tap `t` of the kernel meets the input at `o·stride + t·dilation -
/// padding`. Padding is on both ends of an axis. Positions and taps of several axes are numbered in
/// row-major order.
///
/// @param kernel taps on each axis
public record Window(
    List<Integer> kernel, List<Integer> stride, List<Integer> padding, List<Integer> dilation) {
  private static final int MOST_AXES = 3;

  public Window {
    kernel = List.copyOf(kernel);
    stride = List.copyOf(stride);
    padding = List.copyOf(padding);
    dilation = List.copyOf(dilation);
  }

  /// A window that moves by single steps, without padding or dilation.
  public static Window of(int... kernel) {
    List<Integer> ones = Collections.nCopies(kernel.length, 1);
    return new Window(list(kernel), ones, Collections.nCopies(kernel.length, 0), ones);
  }

  /// The same with other steps from one output position to the next.
  public Window withStride(int... steps) {
    return new Window(kernel, list(steps), padding, dilation);
  }

  /// The same with other padding on both ends of each axis.
  public Window withPadding(int... ends) {
    return new Window(kernel, stride, list(ends), dilation);
  }

  /// The same with other distances from one tap to the next.
  public Window withDilation(int... distances) {
    return new Window(kernel, stride, padding, list(distances));
  }

  private static List<Integer> list(int... entries) {
    return Arrays.stream(entries).boxed().toList();
  }

  /// The number of spatial axes.
  public int axes() {
    return kernel.size();
  }

  /// The number of taps on all axes together.
  public int taps() {
    return kernel.stream().reduce(1, Math::multiplyExact);
  }

  /// The same window with axes of one tap in front until there are three.
  public Window padded() {
    return new Window(
        padded(kernel, 1), padded(stride, 1), padded(padding, 0), padded(dilation, 1));
  }

  private static List<Integer> padded(List<Integer> values, int value) {
    return Stream.concat(
            Collections.nCopies(MOST_AXES - values.size(), value).stream(), values.stream())
        .toList();
  }

  /// The spatial axes of a shape: its last ones.
  public Shape spatial(Shape shape) {
    return shape.range(shape.rank() - axes(), shape.rank());
  }

  /// The output positions on each axis.
  public Shape output(Shape spatial) {
    long[] dims = new long[axes()];
    Arrays.setAll(dims, axis -> (spatial.dim(axis) + slack(axis)) / stride.get(axis) + 1);
    return Shape.of(dims);
  }

  /// What padding adds to the extent of an axis, less what the kernel takes.
  private long slack(int axis) {
    return 2L * padding.get(axis) - (long) dilation.get(axis) * (kernel.get(axis) - 1) - 1;
  }

  /// The input element that an output position meets at a tap, or -1 in the padding.
  ///
  /// @param spatial extents of the input
  /// @param output extents of the output
  public long source(Shape spatial, Shape output, long position, long tap) {
    long source = 0;
    long step = 1;
    for (int axis = axes() - 1; axis >= 0; axis--) {
      long at =
          position % output.dim(axis) * stride.get(axis)
              + tap % kernel.get(axis) * dilation.get(axis)
              - padding.get(axis);
      if (at < 0 || at >= spatial.dim(axis)) {
        return -1;
      }
      source += at * step;
      step *= spatial.dim(axis);
      position /= output.dim(axis);
      tap /= kernel.get(axis);
    }
    return source;
  }

  /// Refuses windows that cannot move over operand `index`, of `leading` axes and the spatial ones.
  void require(Operands operands, int index, int leading) {
    requireParameters(operands);
    Shape shape = operands.shape(index);
    operands.require(
        shape.rank() == leading + axes(),
        "rank %d where a window of %d axes needs %d"
            .formatted(shape.rank(), axes(), leading + axes()),
        "reshape to [batch, channels, ...] with one axis for each of the window");
    requireFits(operands, spatial(shape));
  }

  /// Refuses parameters that make no window.
  void requireParameters(Operands operands) {
    operands.require(
        axes() >= 1 && axes() <= MOST_AXES,
        "a window of %d axes".formatted(axes()),
        "use 1 to %d axes".formatted(MOST_AXES));
    operands.require(
        stride.size() == axes() && padding.size() == axes() && dilation.size() == axes(),
        "kernel %s, stride %s, padding %s and dilation %s differ in length"
            .formatted(kernel, stride, padding, dilation),
        "give one entry for each axis");
    boolean positive =
        Stream.of(kernel, stride, dilation).flatMap(List::stream).allMatch(value -> value > 0);
    operands.require(
        positive && padding.stream().allMatch(value -> value >= 0),
        "kernel %s, stride %s, dilation %s or padding %s is too small"
            .formatted(kernel, stride, dilation, padding),
        "padding must be >= 0, the others > 0");
  }

  /// Refuses inputs, with their padding, that are smaller than the kernel.
  void requireFits(Operands operands, Shape spatial) {
    boolean fits =
        IntStream.range(0, axes()).allMatch(axis -> spatial.dim(axis) + slack(axis) >= 0);
    operands.require(
        fits,
        "kernel %s with dilation %s does not fit into %s with padding %s"
            .formatted(kernel, dilation, spatial, padding),
        "use a smaller kernel or more padding");
  }
}
