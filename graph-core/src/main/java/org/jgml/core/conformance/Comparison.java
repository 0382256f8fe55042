package org.jgml.core.conformance;

import java.util.Locale;
import org.jgml.core.tensor.TensorType;

/// A result beside the exact one.
record Comparison(TensorType type, double[] exact, double[] actual, Tolerance tolerance) {
  /// What is wrong with the result, told by the element that is farthest outside its tolerance;
  /// empty if nothing is.
  String problem() {
    int worst = -1;
    double most = 0;
    int wrong = 0;
    for (int i = 0; i < exact.length; i++) {
      if (!tolerance.allows(i, actual[i])) {
        double excess = excess(i);
        wrong++;
        if (worst < 0 || excess > most) {
          worst = i;
          most = excess;
        }
      }
    }
    double nmse = tolerance.nmse(actual);
    if (worst >= 0) {
      return describe(worst, wrong, nmse);
    }
    return tolerance.allowsAll(nmse)
        ? ""
        : String.format(Locale.ROOT, "NMSE %.3g, allowed %.3g", nmse, tolerance.largestNmse());
  }

  /// How many times the allowed error an element is off; infinite where only one is a number.
  private double excess(int i) {
    double error = Math.abs(actual[i] - exact[i]);
    return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error / tolerance.allowed(i);
  }

  private String describe(int worst, int wrong, double nmse) {
    return String.format(
        Locale.ROOT,
        "%d of %d elements of %s are wrong; worst at %d: %s instead of %s, error %.3g, allowed"
            + " %.3g; NMSE %.3g",
        wrong,
        exact.length,
        type,
        worst,
        actual[worst],
        exact[worst],
        Math.abs(actual[worst] - exact[worst]),
        tolerance.allowed(worst),
        nmse);
  }
}
