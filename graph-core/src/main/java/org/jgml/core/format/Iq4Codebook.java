package org.jgml.core.format;

/// The 16 unevenly spaced levels that the four-bit codes of IQ4_NL and IQ4_XS stand for.
final class Iq4Codebook {
  private static final byte[] LEVELS = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

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
}
