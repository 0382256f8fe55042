package org.jgml.core.format;

/// Ratios to try in a search.
final class Stretches {
  private static final int MOST = 19;

  private Stretches() {}

  /// Ratios around `middle`, up to `reach` above and below; the more, the fewer levels there are.
  static float[] around(float middle, float reach, int levels) {
    int count = levels > 32 ? MOST / 2 : MOST;
    float[] stretches = new float[count];
    for (int i = 0; i < count; i++) {
      stretches[i] = middle + reach * (2f * i / (count - 1) - 1);
    }
    return stretches;
  }

  /// Ratios from one to another.
  static float[] between(float first, float last, int count) {
    float[] stretches = new float[count];
    for (int i = 0; i < count; i++) {
      stretches[i] = first + (last - first) * i / (count - 1);
    }
    return stretches;
  }
}
