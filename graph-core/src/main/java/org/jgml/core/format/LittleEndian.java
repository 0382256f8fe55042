package org.jgml.core.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The fields that blocks are made of: little-endian, at any byte offset.
final class LittleEndian {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private LittleEndian() {}

  static int signedByte(MemorySegment source, long offset) {
    return source.get(ValueLayout.JAVA_BYTE, offset);
  }

  static int unsignedByte(MemorySegment source, long offset) {
    return Byte.toUnsignedInt(source.get(ValueLayout.JAVA_BYTE, offset));
  }

  /// Four bits of those that begin at a byte, the low ones of each byte first.
  static int nibble(MemorySegment source, long offset, int index) {
    return unsignedByte(source, offset + index / 2) >>> 4 * (index % 2) & 15;
  }

  static void putByte(MemorySegment target, long offset, int value) {
    target.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
  }

  static int unsignedShort(MemorySegment source, long offset) {
    return Short.toUnsignedInt(source.get(SHORT, offset));
  }

  static void putShort(MemorySegment target, long offset, int value) {
    target.set(SHORT, offset, (short) value);
  }

  static int integer(MemorySegment source, long offset) {
    return source.get(INT, offset);
  }

  static void putInteger(MemorySegment target, long offset, int value) {
    target.set(INT, offset, value);
  }

  static void putLong(MemorySegment target, long offset, long value) {
    target.set(LONG, offset, value);
  }

  /// An IEEE 754 binary16 number.
  static float half(MemorySegment source, long offset) {
    return Float.float16ToFloat(source.get(SHORT, offset));
  }

  static void putHalf(MemorySegment target, long offset, float value) {
    target.set(SHORT, offset, Float.floatToFloat16(value));
  }
}
