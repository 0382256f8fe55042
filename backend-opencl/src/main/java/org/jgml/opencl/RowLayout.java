package org.jgml.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;

/// Where the rows of a tensor begin: the `rows_t` of `common.cl`. Axes that one stride walks
/// through are one.
final class RowLayout {
  /// MAX_AXES of `common.cl`.
  static final int MAX_AXES = 8;

  static final int BYTES = (2 + 2 * MAX_AXES) * Long.BYTES;

  private final long[] extents = new long[MAX_AXES];
  private final long[] strides = new long[MAX_AXES];
  private int rank;

  private RowLayout() {}

  /// The argument for the rows of a tensor.
  static ByteBuffer of(Tensor tensor) {
    return of(tensor, tensor.layout());
  }

  /// The argument for the rows of a tensor in another layout.
  static ByteBuffer of(Tensor tensor, Layout layout) {
    RowLayout rows = new RowLayout();
    DataType type = tensor.type().dataType();
    for (int axis = 0; axis < layout.shape().rank() - 1; axis++) {
      rows.add(layout.shape().dim(axis), type.bytes(layout.stride(axis)));
    }
    return rows.encode(tensor.byteOffset(layout.offset()));
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

  private ByteBuffer encode(long start) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
    bytes.putLong(start).putLong(Math.max(rank, 1));
    Arrays.stream(extents).forEach(bytes::putLong);
    Arrays.stream(strides).forEach(bytes::putLong);
    return bytes.flip();
  }
}
