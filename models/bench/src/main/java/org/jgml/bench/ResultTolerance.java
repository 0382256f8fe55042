package org.jgml.bench;

import org.jgml.core.tensor.DataType;

/// How far a result may be from the reference: a guard against timing a wrong kernel. The
/// conformance suite is stricter.
final class ResultTolerance {
  private ResultTolerance() {}

  /// The largest normalised mean square error of results of a type.
  static double of(DataType type) {
    return switch (type) {
      case F32 -> 1e-9;
      case F16 -> 1e-6;
      case BF16 -> 1e-4;
      case I32, I64 -> 0;
      default -> 1e-3;
    };
  }

  /// `Σ(a-b)² / Σb²`; infinite if one of two values alone is not finite.
  static double error(double[] actual, double[] expected) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      if (Double.isFinite(actual[i]) && Double.isFinite(expected[i])) {
        error += (actual[i] - expected[i]) * (actual[i] - expected[i]);
        norm += expected[i] * expected[i];
      } else if (Double.compare(actual[i], expected[i]) != 0) {
        return Double.POSITIVE_INFINITY;
      }
    }
    return error == 0 ? 0 : error / norm;
  }
}
