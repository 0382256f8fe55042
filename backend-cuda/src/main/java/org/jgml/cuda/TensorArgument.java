package org.jgml.cuda;

import java.nio.ByteBuffer;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.foreign.RowLayout;

/// A tensor in the structure that a kernel takes: `tensor_t` of `common.cuh`.
///
/// Kernels find a row without a division: for `n < 2^31`, `n / d` is `n * m >> s` with `s = 31 +
/// ceil(log2(d))` and `m = ceil(2^s / d)`, which has 32 bits. (`m` is too great by less than `d`,
/// so the product by less than `2^s / d`, which is too little to reach the next whole number.)
final class TensorArgument {
  private static final int AXES = RowLayout.MAX_AXES;

  /// Bytes of the structure.
  static final int BYTES = 2 * Long.BYTES + AXES * (Long.BYTES + 2 * Integer.BYTES + Byte.BYTES);

  private static final int DIVIDEND_BITS = 31;

  private TensorArgument() {}

  /// Puts the structure.
  ///
  /// @param base the address of the buffer
  /// @throws DeviceException if there are more rows than a kernel can count
  static void put(ByteBuffer target, RowLayout rows, long base) {
    requireCountable(rows);
    target.putLong(base + rows.start());
    for (int axis = 0; axis < AXES; axis++) {
      target.putLong(rows.stride(axis));
    }
    for (int axis = 0; axis < AXES; axis++) {
      target.putInt((int) rows.extent(axis));
    }
    for (int axis = 0; axis < AXES; axis++) {
      target.putInt((int) multiplier(rows.extent(axis)));
    }
    for (int axis = 0; axis < AXES; axis++) {
      target.put((byte) shift(rows.extent(axis)));
    }
    target.putLong(rows.rank());
  }

  private static void requireCountable(RowLayout rows) {
    double count = 1;
    for (int axis = 0; axis < rows.rank(); axis++) {
      count *= rows.extent(axis);
    }
    if (count >= 1L << DIVIDEND_BITS) {
      throw new DeviceException(
          "%.0f rows are more than a kernel can count. Fix: use a smaller batch (-b)."
              .formatted(count));
    }
  }

  /// By what a number is multiplied to be divided by an extent; unused where there is no axis.
  static long multiplier(long extent) {
    return extent == 0 ? 0 : Math.ceilDiv(1L << shift(extent), extent);
  }

  /// By how many bits the product is shifted.
  static int shift(long extent) {
    return DIVIDEND_BITS + Long.SIZE - Long.numberOfLeadingZeros(Math.max(extent, 1) - 1);
  }
}
