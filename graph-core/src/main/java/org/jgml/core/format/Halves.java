package org.jgml.core.format;

/// Scales as halves hold them.
final class Halves {
  private static final float SMALLEST = 0x1p-24f;
  private static final float LARGEST = 65504;

  private Halves() {}

  /// The half nearest to a scale, but no zero for a scale that is none, and nothing infinite.
  static float nearest(float scale) {
    if (scale == 0) {
      return 0;
    }
    float magnitude = Math.clamp(Math.abs(scale), SMALLEST, LARGEST);
    return Float.float16ToFloat(Float.floatToFloat16(Math.copySign(magnitude, scale)));
  }

  /// The next half further from zero, as far as there is one.
  static float above(float half) {
    return nearest(half * (1 + 0x1p-10f));
  }

  /// The next half nearer to zero, but no zero.
  static float below(float half) {
    return nearest(half * (1 - 0x1p-10f));
  }
}
