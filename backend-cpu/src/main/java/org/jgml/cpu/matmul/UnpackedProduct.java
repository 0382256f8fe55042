package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// Rows of a [PackedFormat] times one token, four rows and one run of weights at a time.
final class UnpackedProduct {
  private static final int ROWS = 4;

  static final long SCRATCH_BYTES = ROWS * UnpackedRow.BYTES;

  private UnpackedProduct() {}

  static void multiply(
      PackedFormat format,
      MemorySegment w,
      long offset,
      long rowBytes,
      int rows,
      int k,
      MemorySegment x,
      MemorySegment sums) {
    MemorySegment unpacked = sums.asSlice(LaneSums.BYTES, SCRATCH_BYTES);
    sums.asSlice(0, LaneSums.offset(LaneSums.ROWS)).fill((byte) 0);
    for (int row = 0; row < rows; row += ROWS) {
      for (int element = 0; element < k; element += UnpackedRow.ELEMENTS) {
        int elements = Math.min(k - element, UnpackedRow.ELEMENTS);
        long at = offset + row * rowBytes + format.type().bytes(element);
        for (int i = 0; i < Math.min(rows - row, ROWS); i++) {
          MemorySegment to = unpacked.asSlice(i * UnpackedRow.BYTES, UnpackedRow.BYTES);
          format.unpack(w, at + i * rowBytes, elements, to);
        }
        multiplyRun(format, unpacked, x, k, element, elements, sums, LaneSums.offset(row));
      }
    }
  }

  private static void multiplyRun(
      PackedFormat format,
      MemorySegment unpacked,
      MemorySegment x,
      int k,
      int element,
      int elements,
      MemorySegment sums,
      long to) {
    int group = format.groupElements();
    if (group == 32) {
      UnpackedDot.groupsOf32(unpacked, x, element * 4L, elements, sums, to);
    } else {
      UnpackedDot.groupsOf16(unpacked, x, element * 4L, elements, sums, to);
    }
    if (format.hasMinima()) {
      long xSums =
          (group == 32 ? TokenSums.thirtyTwos(k) : TokenSums.sixteens(k)) + element / group * 4L;
      UnpackedDot.minima(unpacked, x, xSums, elements / group, sums, to);
    }
  }
}
