package org.jgml.cpu;

/// The normal distribution function `Φ`, as much of it as GELU needs.
///
/// For `z ≥ 0` and `t = 1 / (1 + z/2)`, `erfc(z) · exp(z²) / t` is smooth on all of `0 < t ≤ 1`; a
/// polynomial of degree 10 in `t`, interpolated at Chebyshev's points, is within 3e-8 of it.
final class NormalDistribution {
  static final float C0 = 0.2820947996518482f;
  static final float C1 = 0.28209286730792765f;
  static final float C2 = 0.2469135616498564f;
  static final float C3 = 0.17494859281710454f;
  static final float C4 = 0.09582721578671818f;
  static final float C5 = -0.06795832305018439f;
  static final float C6 = 0.15188526875499542f;
  static final float C7 = -0.48247486731138056f;
  static final float C8 = 0.5168996195196254f;
  static final float C9 = -0.24558006963674095f;
  static final float C10 = 0.045351342673794454f;

  private static final double[] POLYNOMIAL = {C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10};

  private NormalDistribution() {}

  /// `x · Φ(x)`.
  static double gelu(double x) {
    double z = Math.abs(x) / Math.sqrt(2);
    double t = 1 / (1 + z / 2);
    double sum = 0;
    for (int i = POLYNOMIAL.length - 1; i >= 0; i--) {
      sum = sum * t + POLYNOMIAL[i];
    }
    double upperTail = 0.5 * t * sum * Math.exp(-z * z);
    return x * (x > 0 ? 1 - upperTail : upperTail);
  }
}
