package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;

/// The rows of a tensor, or pieces of equal length of a dense one, and where each begins.
///
/// @param length elements of a row; the last piece may have fewer
/// @param count number of rows
/// @param isDense whether rows follow each other without gaps
record Rows(Tensor tensor, MemorySegment segment, int length, int count, boolean isDense) {
  /// Elements of a piece: a few operands of it fit into the first cache.
  private static final int PIECE = 4096;

  /// The rows as they are.
  static Rows of(Tensor tensor) {
    Layout layout = tensor.layout();
    int length = Math.toIntExact(layout.shape().rowLength());
    int count = Math.toIntExact(layout.shape().rows());
    return new Rows(tensor, tensor.segment(), length, count, layout.isDense());
  }

  /// A dense tensor cut into pieces, for functions to which rows mean nothing.
  static Rows pieces(Tensor tensor) {
    int count = Math.toIntExact(Math.ceilDiv(tensor.layout().shape().elements(), (long) PIECE));
    return new Rows(tensor, tensor.segment(), PIECE, count, true);
  }

  DataType type() {
    return tensor.type().dataType();
  }

  /// Elements of a row, less for the last piece.
  int length(int row) {
    long left = tensor.layout().shape().elements() - (long) row * length;
    return (int) Math.min(length, left);
  }

  /// The byte where a row begins.
  long at(int row) {
    Layout layout = tensor.layout();
    long element = isDense ? layout.offset() + (long) row * length : layout.rowOffset(row);
    return tensor.byteOffset(element);
  }

  /// Whether each row is one element, repeated.
  boolean repeatsOneElement() {
    return !isDense && length > 1 && tensor.layout().stride(-1) == 0;
  }
}
