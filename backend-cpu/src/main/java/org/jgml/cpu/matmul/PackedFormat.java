package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// A format whose quants share bytes: a run is unpacked to [UnpackedRow] and multiplied from there
/// by kernels that all packed formats share.
interface PackedFormat extends WeightFormat {
  /// Weights that share a scale, 16 or 32.
  int groupElements();

  /// Whether [#unpack] writes minima.
  default boolean hasMinima() {
    return false;
  }

  /// Unpacks `elements` weights, at most [UnpackedRow#ELEMENTS].
  void unpack(MemorySegment w, long offset, int elements, MemorySegment row);

  @Override
  default void multiply(
      MemorySegment w,
      long offset,
      long rowBytes,
      int rows,
      int k,
      MemorySegment x,
      MemorySegment sums) {
    UnpackedProduct.multiply(this, w, offset, rowBytes, rows, k, x, sums);
  }
}
