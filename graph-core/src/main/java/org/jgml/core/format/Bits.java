package org.jgml.core.format;

import java.lang.foreign.MemorySegment;

/// Fields that share a byte.
final class Bits {
  private Bits() {}

  /// Sets bits of a byte that was 0 where the field is.
  static void or(MemorySegment target, long offset, int bits) {
    LittleEndian.putByte(target, offset, LittleEndian.unsignedByte(target, offset) | bits);
  }
}
