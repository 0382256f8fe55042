package org.jgml.core.conformance;

import org.jgml.core.tensor.DataType;

/// How far a result may be from the reference, as NMSE: `Σ(a-b)² / Σb²`. It follows from the type
/// of the result alone; where either side is not finite both must be equal.
final class Tolerance {
  private Tolerance() {}

  /// The bound for results of a type.
  static double of(DataType type) {
    return switch (type) {
      case F32 -> 1e-11;
      case F16 -> 1e-7;
      case BF16 -> 1e-5;
      case I32, I64 -> 0;
      // A value between two codes may go either way.
      default -> 1e-5;
    };
  }

  /// The error of a result.
  static double nmse(double[] actual, double[] expected) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      if (!Double.isFinite(expected[i]) || !Double.isFinite(actual[i])) {
        if (Double.compare(actual[i], expected[i]) != 0) {
          return Double.POSITIVE_INFINITY;
        }
        continue;
      }
      double difference = actual[i] - expected[i];
      error += difference * difference;
      norm += expected[i] * expected[i];
    }
    return error == 0 ? 0 : error / norm;
  }
}
