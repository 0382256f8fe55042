package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;

/// The four-bit floating-point numbers E2M1 (one sign, two exponent, one mantissa bit), doubled so
/// that they are integers.
///
/// OCP Microscaling Formats (MX) Specification 1.0, section 5.3.3.
final class Fp4 {
  static final Levels LEVELS = new Levels(-12, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 12);

  private static final byte[] MAGNITUDES = {0, 1, 2, 3, 4, 6, 8, 12};

  private Fp4() {}

  /// Twice the number of a code.
  static int doubled(int code) {
    int magnitude = MAGNITUDES[code & 7];
    return code < 8 ? magnitude : -magnitude;
  }

  /// The code of a level.
  static int code(int level) {
    int code = 0;
    while (MAGNITUDES[code] < Math.abs(level)) {
      code++;
    }
    return level < 0 ? code | 8 : code;
  }

  /// Unpacks codes: the low nibbles of `pairs` bytes, then their high nibbles.
  static void unpack(MemorySegment source, long from, int pairs, MemorySegment target, long at) {
    for (int j = 0; j < pairs; j++) {
      int pair = unsignedByte(source, from + j);
      putByte(target, at + j, doubled(pair & 15));
      putByte(target, at + pairs + j, doubled(pair >>> 4));
    }
  }

  /// Packs the codes of `2 · pairs` levels.
  static void pack(byte[] levels, int from, int pairs, MemorySegment target, long at) {
    for (int j = 0; j < pairs; j++) {
      putByte(target, at + j, code(levels[from + j]) | code(levels[from + pairs + j]) << 4);
    }
  }
}
