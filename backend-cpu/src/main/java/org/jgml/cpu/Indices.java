package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;

/// Reads a tensor of I32 or I64.
record Indices(Rows rows) {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  Indices(Tensor tensor) {
    this(Rows.of(tensor));
  }

  int rowLength() {
    return rows.length();
  }

  /// Element `i` of a row.
  long get(int row, int i) {
    MemorySegment segment = rows.segment();
    long at = rows.at(row);
    return rows.type() == DataType.I32
        ? segment.get(INT, at + 4L * i)
        : segment.get(LONG, at + 8L * i);
  }

  /// Element `i` of a row, as the number of one of `count` rows.
  ///
  /// @param node the node that asks, for the message
  /// @throws DeviceException if there is no such row
  int get(int row, int i, int count, String node) {
    long index = get(row, i);
    if (index < 0 || index >= count) {
      throw new DeviceException(
          "%s: index %d at [%d, %d] is out of range, there are %d rows. Fix: pass indices of rows that are there."
              .formatted(node, index, row, i, count));
    }
    return (int) index;
  }
}
