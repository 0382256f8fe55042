package org.jgml.core.reference;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jgml.core.backend.Tensor;
import org.jgml.core.format.Format;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;

/// The elements of tensors in host memory, read and written as doubles, whatever the type and
/// layout.
public final class Elements {
  private Elements() {}

  /// All elements in row-major order.
  public static double[] read(Tensor tensor) {
    Layout rows = tensor.layout().inDenseRows();
    int length = (int) rows.shape().rowLength();
    double[] values = new double[(int) rows.shape().elements()];
    for (long row = 0; row < rows.shape().rows(); row++) {
      long at = tensor.byteOffset(rows.rowOffset(row));
      readRow(tensor, at, values, (int) (row * length), length);
    }
    return values;
  }

  /// Writes all elements, in row-major order, rounding to the tensor's type.
  public static void write(Tensor tensor, double[] values) {
    Layout rows = tensor.layout().inDenseRows();
    int length = (int) rows.shape().rowLength();
    for (long row = 0; row < rows.shape().rows(); row++) {
      long at = tensor.byteOffset(rows.rowOffset(row));
      writeRow(tensor, at, values, (int) (row * length), length);
    }
  }

  /// Reads `length` elements that lie next to each other.
  ///
  /// @param at the byte in the buffer at which they begin, the first of a block
  /// @param from the index in `values` of the first
  public static void readRow(Tensor tensor, long at, double[] values, int from, int length) {
    MemorySegment bytes = tensor.segment();
    DataType type = tensor.type().dataType();
    if (type.isInteger()) {
      for (int i = 0; i < length; i++) {
        long offset = at + (long) i * type.blockBytes();
        values[from + i] =
            type == DataType.I32
                ? bytes.get(JAVA_INT_UNALIGNED, offset)
                : bytes.get(JAVA_LONG_UNALIGNED, offset);
      }
      return;
    }
    float[] row = new float[length];
    Format.of(type).dequantise(bytes, at, row, 0, length);
    for (int i = 0; i < length; i++) {
      values[from + i] = row[i];
    }
  }

  private static void writeRow(Tensor tensor, long at, double[] values, int from, int length) {
    MemorySegment bytes = tensor.segment();
    DataType type = tensor.type().dataType();
    if (type.isInteger()) {
      for (int i = 0; i < length; i++) {
        long offset = at + (long) i * type.blockBytes();
        if (type == DataType.I32) {
          bytes.set(JAVA_INT_UNALIGNED, offset, (int) values[from + i]);
        } else {
          bytes.set(JAVA_LONG_UNALIGNED, offset, (long) values[from + i]);
        }
      }
      return;
    }
    float[] row = new float[length];
    for (int i = 0; i < length; i++) {
      row[i] = (float) values[from + i];
    }
    if (!type.isQuantised() || !holds(bytes, at, type, row)) {
      Format.of(type).quantise(row, 0, bytes, at, length);
    }
  }

  /// Whether a quantised row has these values already; quantising them again could change them. A
  /// row of NaN is no sign of it: memory that nobody wrote looks like that, too.
  private static boolean holds(MemorySegment bytes, long at, DataType type, float[] row) {
    if (Float.isNaN(row[0])) {
      return false;
    }
    float[] present = new float[row.length];
    Format.of(type).dequantise(bytes, at, present, 0, row.length);
    return Arrays.equals(present, row);
  }

  /// Copies elements of equal type and shape from one layout to another, byte for byte.
  public static void copy(Tensor from, Tensor to) {
    Layout source = from.layout().inDenseRows();
    Layout target = to.layout().reshape(source.shape()).orElseThrow();
    long rowBytes = from.type().dataType().bytes(source.shape().rowLength());
    for (long row = 0; row < source.shape().rows(); row++) {
      MemorySegment.copy(
          from.segment(),
          from.byteOffset(source.rowOffset(row)),
          to.segment(),
          to.byteOffset(target.rowOffset(row)),
          rowBytes);
    }
  }
}
