package org.jgml.core.inspect;

/// How far two results are apart.
///
/// @param nmse `Σ(b-a)² / Σa²`; infinite if NaN or infinities are not at the same places
/// @param elements how many there are
/// @param differing how many differ by more than a thousandth of the first result's root mean
///   square
/// @param firstDiffering the row-major index of the first of these; -1 if there is none
/// @param worst the row-major index of the element that differs most
/// @param first that element in the first result
/// @param second that element in the second
public record ResultError(
    double nmse,
    int elements,
    int differing,
    int firstDiffering,
    int worst,
    double first,
    double second) {
  private static final double VISIBLE = 1e-3;

  static ResultError of(double[] first, double[] second) {
    if (first.length == 0) {
      return new ResultError(0, 0, 0, -1, 0, 0, 0);
    }
    double error = 0;
    int worst = 0;
    double greatest = -1;
    for (int i = 0; i < first.length; i++) {
      double difference = difference(first[i], second[i]);
      if (difference > greatest) {
        greatest = difference;
        worst = i;
      }
      error += difference * difference;
    }
    double norm = norm(first);
    double visible = VISIBLE * Math.sqrt(norm / first.length);
    int differing = 0;
    int firstDiffering = -1;
    for (int i = first.length - 1; i >= 0; i--) {
      if (difference(first[i], second[i]) > visible) {
        differing++;
        firstDiffering = i;
      }
    }
    double nmse = error == 0 ? 0 : error / norm;
    return new ResultError(
        nmse, first.length, differing, firstDiffering, worst, first[worst], second[worst]);
  }

  private static double norm(double... values) {
    double norm = 0;
    for (double value : values) {
      norm += Double.isFinite(value) ? value * value : 0;
    }
    return norm;
  }

  private static double difference(double a, double b) {
    if (Double.compare(a, b) == 0) {
      return 0;
    }
    double difference = Math.abs(a - b);
    return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
  }
}
