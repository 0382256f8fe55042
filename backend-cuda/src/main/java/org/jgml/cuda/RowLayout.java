package org.jgml.cuda;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;

/// Where the rows of a tensor begin: the `tensor_t` of `common.cuh`. Axes that one stride walks
/// through are one.
final class RowLayout {
  /// MAX_AXES of `common.cuh`.
  static final int MAX_AXES = 8;

  static final int BYTES = (2 + 2 * MAX_AXES) * Long.BYTES;

  private final long address;
  private final long[] extents = new long[MAX_AXES];
  private final long[] strides = new long[MAX_AXES];
  private int rank;

  private RowLayout(long address) {
    this.address = address;
  }

  /// The rows of a tensor in a layout.
  static RowLayout of(Tensor tensor, Layout layout) {
    long base = ((CudaBuffer) tensor.buffer()).address();
    DataType type = tensor.type().dataType();
    RowLayout rows = new RowLayout(base + tensor.byteOffset(layout.offset()));
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
  boolean isAligned(int bytes) {
    return address % bytes == 0 && Arrays.stream(strides).allMatch(stride -> stride % bytes == 0);
  }

  /// Whether rows of so many bytes follow each other without gaps, the first at a multiple.
  boolean isDense(long rowBytes, int multiple) {
    return address % multiple == 0 && (rank == 0 || rank == 1 && strides[0] == rowBytes);
  }

  void encode(ByteBuffer bytes) {
    bytes.putLong(address).putLong(Math.max(rank, 1));
    Arrays.stream(extents).forEach(bytes::putLong);
    Arrays.stream(strides).forEach(bytes::putLong);
  }
}
