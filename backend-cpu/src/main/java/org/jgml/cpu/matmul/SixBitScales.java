package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// The 12 bytes of Q4_K and Q5_K that pack eight 6-bit scales and eight 6-bit minima.
///
/// Groups 0 to 3 use the low six bits of bytes 0 to 3 (scales) and 4 to 7 (minima). Groups 4 to 7
/// take their low four bits from the nibbles of bytes 8 to 11, their tops from bytes 0 to 7.
final class SixBitScales {
  private SixBitScales() {}

  /// The scales, one a byte.
  static long scales(MemorySegment w, long packed) {
    int scales = w.get(Lanes.INT, packed);
    int rest = w.get(Lanes.INT, packed + 8);
    return scales & 0x3f3f3f3fL | (rest & 0x0f0f0f0fL | scales >>> 2 & 0x30303030L) << 32;
  }

  /// The minima, one a byte.
  static long minima(MemorySegment w, long packed) {
    int minima = w.get(Lanes.INT, packed + 4);
    int rest = w.get(Lanes.INT, packed + 8) >>> 4;
    return minima & 0x3f3f3f3fL | (rest & 0x0f0f0f0fL | minima >>> 2 & 0x30303030L) << 32;
  }
}
