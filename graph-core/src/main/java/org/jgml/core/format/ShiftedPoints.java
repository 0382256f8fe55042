package org.jgml.core.format;

import java.lang.foreign.MemorySegment;

/// The points of IQ1_S and IQ1_M in eighths: `8 · point ± 1`.
final class ShiftedPoints {
  private static final long[] UP = new long[Grid.IQ1.size()];
  private static final long[] DOWN = new long[Grid.IQ1.size()];

  static {
    for (int point = 0; point < UP.length; point++) {
      for (int i = 0; i < Byte.SIZE; i++) {
        UP[point] |= (8 * Grid.IQ1.value(point, i) + 1 & 0xffL) << Byte.SIZE * i;
        DOWN[point] |= (8 * Grid.IQ1.value(point, i) - 1 & 0xffL) << Byte.SIZE * i;
      }
    }
  }

  private ShiftedPoints() {}

  static void put(int point, boolean isDown, MemorySegment target, long at) {
    LittleEndian.putLong(target, at, isDown ? DOWN[point] : UP[point]);
  }
}
