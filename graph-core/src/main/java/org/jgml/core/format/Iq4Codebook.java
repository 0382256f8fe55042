package org.jgml.core.format;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The 16 unevenly spaced levels that the four-bit codes of IQ4_NL and IQ4_XS stand for.
final class Iq4Codebook {
  private static final int[] LEVELS = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  static final Levels CODEBOOK = new Levels(LEVELS);

  private Iq4Codebook() {}

  static int level(int code) {
    return LEVELS[code];
  }

  /// The code of the level nearest to `value`; of two equally near ones the upper.
  static int nearest(float value) {
    int code = 0;
    while (code < LEVELS.length - 1 && value - LEVELS[code] >= LEVELS[code + 1] - value) {
      code++;
    }
    return code;
  }

  /// Packs the codes of 32 levels: elements 0 to 15 in the low nibbles, the others in the high
  /// ones.
  static void pack(byte[] levels, int from, MemorySegment target, long at) {
    for (int j = 0; j < LEVELS.length; j++) {
      int low = Arrays.binarySearch(LEVELS, levels[from + j]);
      int high = Arrays.binarySearch(LEVELS, levels[from + LEVELS.length + j]);
      LittleEndian.putByte(target, at + j, low | high << 4);
    }
  }
}
