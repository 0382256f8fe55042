package org.jgml.core.format;

import java.util.Arrays;

/// The scale `d` for which `d · t`, with each `t` one of -1, 0 and 1, is nearest to given values.
///
/// If the values that `t` keeps are known, `d` is the mean of their magnitudes. They are the k
/// largest, for the k that makes `(sum of k magnitudes)² / k` largest.
final class TernaryFit {
  private TernaryFit() {}

  static float scale(float[] source, int at, int count) {
    float[] magnitudes = new float[count];
    for (int i = 0; i < count; i++) {
      magnitudes[i] = Math.abs(source[at + i]);
    }
    Arrays.sort(magnitudes);
    double sum = 0;
    double best = 0;
    double scale = 0;
    for (int kept = 1; kept <= count; kept++) {
      sum += magnitudes[count - kept];
      if (sum * sum / kept > best) {
        best = sum * sum / kept;
        scale = sum / kept;
      }
    }
    return Halves.nearest((float) scale);
  }

  /// The trit of a value, as 0, 1 or 2.
  static int trit(float value, float inverse) {
    float scaled = value * inverse;
    return scaled > 0.5f ? 2 : scaled < -0.5f ? 0 : 1;
  }
}
