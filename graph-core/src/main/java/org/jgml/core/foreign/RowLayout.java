package org.jgml.core.foreign;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;

/// Where the rows of a tensor begin, as kernels in other languages take it: a structure of `int64`
/// numbers. Axes that one stride walks through are one.
public final class RowLayout {
  /// Axes there is room for.
  public static final int MAX_AXES = 8;

  /// Bytes of the structure.
  public static final int BYTES = (2 + 2 * MAX_AXES) * Long.BYTES;

  private final long start;
  private final long[] extents = new long[MAX_AXES];
  private final long[] strides = new long[MAX_AXES];
  private int rank;

  private RowLayout(long start) {
    this.start = start;
  }

  /// The rows of a tensor in a layout.
  ///
  /// @throws DeviceException if that takes more than [#MAX_AXES] axes
  public static RowLayout of(Tensor tensor, Layout layout) {
    DataType type = tensor.type().dataType();
    RowLayout rows = new RowLayout(tensor.byteOffset(layout.offset()));
    for (int axis = 0; axis < layout.shape().rank() - 1; axis++) {
      rows.add(layout.shape().dim(axis), type.bytes(layout.stride(axis)));
    }
    return rows;
  }

  private void add(long extent, long stride) {
    if (extent == 1) {
      return;
    }
    if (rank > 0 && strides[rank - 1] == stride * extent) {
      extents[rank - 1] *= extent;
    } else {
      if (rank == MAX_AXES) {
        throw new DeviceException(
            "a layout of more than %d separate axes. Fix: reshape or copy the tensor before."
                .formatted(MAX_AXES));
      }
      extents[rank++] = extent;
    }
    strides[rank - 1] = stride;
  }

  /// Whether every row begins at a multiple of so many bytes.
  ///
  /// @param base the address of the buffer
  public boolean isAligned(long base, int bytes) {
    return (base + start) % bytes == 0
        && Arrays.stream(strides).allMatch(stride -> stride % bytes == 0);
  }

  /// The first byte of the first row in the buffer.
  public long start() {
    return start;
  }

  /// Axes that are left beside the last, at least 1.
  public int rank() {
    return Math.max(rank, 1);
  }

  /// The length of an axis; 0 if there is none.
  public long extent(int axis) {
    return extents[axis];
  }

  /// Bytes from one index of an axis to the next; 0 if there is none.
  public long stride(int axis) {
    return strides[axis];
  }

  /// Puts the structure: the first row, how many axes there are but the last, at least 1, then
  /// [#MAX_AXES] extents and as many strides in bytes.
  ///
  /// @param base the address of the buffer, or 0 where kernels know it
  public void encode(ByteBuffer target, long base) {
    target.putLong(base + start).putLong(rank());
    Arrays.stream(extents).forEach(target::putLong);
    Arrays.stream(strides).forEach(target::putLong);
  }
}
