package org.jgml.models.check;

/// The normalised mean squared error: the squared distance over the squared length of what was
/// expected.
final class NormalisedError {
  private NormalisedError() {}

  /// NaN and infinities must be at the same places, or the error is infinite.
  static double of(double[] actual, double[] expected) {
    double distance = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      if (Double.isFinite(expected[i]) && Double.isFinite(actual[i])) {
        distance += (actual[i] - expected[i]) * (actual[i] - expected[i]);
        length += expected[i] * expected[i];
      } else if (Double.compare(actual[i], expected[i]) != 0) {
        return Double.POSITIVE_INFINITY;
      }
    }
    return distance == 0 ? 0 : distance / length;
  }
}
