package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jgml.core.format.Format;
import org.jgml.core.tensor.DataType;

/// Converts rows of F32 to an element type.
@FunctionalInterface
interface RowWriter {
  /// Half-precision numbers at any byte offset.
  ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Writes `length` elements, whole blocks of the type.
  void write(
      MemorySegment x, long xAt, MemorySegment target, long targetAt, int length, int worker);

  /// The writer for a type.
  ///
  /// @param longest elements of the longest row
  static RowWriter of(DataType type, int longest, int workers) {
    return switch (type) {
      case F32 ->
          (x, xAt, target, at, length, _) ->
              MemorySegment.copy(x, xAt, target, at, (long) length * Float.BYTES);
      case F16 -> (x, xAt, target, at, length, _) -> writeHalves(x, xAt, target, at, length);
      default -> blocks(Format.of(type), longest, workers);
    };
  }

  private static void writeHalves(
      MemorySegment x, long xAt, MemorySegment target, long targetAt, int length) {
    for (int i = 0; i < length; i++) {
      short half = Float.floatToFloat16(x.get(RowMath.FLOAT, xAt + 4L * i));
      target.set(SHORT, targetAt + 2L * i, half);
    }
  }

  private static RowWriter blocks(Format format, int longest, int workers) {
    float[][] rows = new float[workers][longest];
    return (x, xAt, target, at, length, worker) -> {
      MemorySegment.copy(x, RowMath.FLOAT, xAt, rows[worker], 0, length);
      format.quantise(rows[worker], 0, target, at, length);
    };
  }
}
