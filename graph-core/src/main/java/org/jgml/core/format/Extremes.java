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

  static float minimum(float[] values, int at, int count) {
    float minimum = values[at];
    for (int i = at + 1; i < at + count; i++) {
      minimum = Math.min(minimum, values[i]);
    }
    return minimum;
  }

  static float maximum(float[] values, int at, int count) {
    float maximum = values[at];
    for (int i = at + 1; i < at + count; i++) {
      maximum = Math.max(maximum, values[i]);
    }
    return maximum;
  }

  /// `1 / scale`, and 0 for the scale 0 of a block of zeros.
  static float inverse(float scale) {
    return scale == 0 ? 0 : 1 / scale;
  }
}
