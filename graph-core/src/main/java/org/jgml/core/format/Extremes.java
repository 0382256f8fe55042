package org.jgml.core.format;

/// What a quantiser takes a block's scale from.
final class Extremes {
  private Extremes() {}

  /// The value of largest magnitude, with its sign; the first of several.
  static float farthestFromZero(float[] values, int at, int count) {
    float farthest = 0;
    for (int i = at; i < at + count; i++) {
      if (Math.abs(values[i]) > Math.abs(farthest)) {
        farthest = values[i];
      }
    }
    return farthest;
  }

  /// The lowest value, the first of several; a NaN is the lowest.
  static float minimum(float[] values, int at, int count) {
    float minimum = values[at];
    for (int i = at + 1; i < at + count; i++) {
      minimum = values[i] < minimum || Float.isNaN(values[i]) ? values[i] : minimum;
    }
    return minimum;
  }

  /// The highest value, the first of several; a NaN is the highest.
  static float maximum(float[] values, int at, int count) {
    float maximum = values[at];
    for (int i = at + 1; i < at + count; i++) {
      maximum = values[i] > maximum || Float.isNaN(values[i]) ? values[i] : maximum;
    }
    return maximum;
  }

  /// `1 / scale`, and 0 for the scale 0 of a block of zeros.
  static float inverse(float scale) {
    return scale == 0 ? 0 : 1 / scale;
  }
}
