package org.jgml.core.op;

/// The complementary error function, `erfc(x) = 1 - erf(x)`, to about 13 digits.
final class ErrorFunction {
  /// From here on the continued fraction converges faster than the series.
  private static final double SERIES_LIMIT = 2.5;

  private static final int FRACTION_TERMS = 100;

  private ErrorFunction() {}

  /// `1 - erf(x)` without the cancellation that the difference has for large `x`.
  static double complement(double x) {
    if (x < 0) {
      return 2 - complement(-x);
    }
    return x < SERIES_LIMIT ? 1 - series(x) : fraction(x);
  }

  /// erf by `2/√π · exp(-x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!`, whose terms are all positive.
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; term > sum * 1e-17; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  /// erfc by `exp(-x²)/√π / (x + ½/(x + 1/(x + 1½/(x + …))))`.
  private static double fraction(double x) {
    double tail = x;
    for (int n = FRACTION_TERMS; n > 0; n--) {
      tail = x + n / 2.0 / tail;
    }
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
  }
}
