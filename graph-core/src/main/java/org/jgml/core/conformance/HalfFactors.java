package org.jgml.core.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jgml.core.op.Arguments;
import org.jgml.core.op.Op;

/// Factors as halves hold them, each row with a power of two of its own.
final class HalfFactors {
  /// The most that rounding changes, as a share of a number.
  static final double ROUNDING = 0x1p-11;

  private static final int SIGNIFICANT_BITS = 11;
  private static final int SIGNIFICANT_BITS_OF_DOUBLE = 53;

  private HalfFactors() {}

  /// Operands of which those that are factors are rounded, from a number on.
  static Arguments of(Arguments arguments, int first) {
    List<Arguments.Values> values = new ArrayList<>(arguments.values());
    ((Op.Compute) arguments.op())
        .factors().stream()
            .filter(factor -> factor >= first)
            .forEach(factor -> values.set(factor, rounded(values.get(factor))));
    return new Arguments(arguments.op(), values);
  }

  private static Arguments.Values rounded(Arguments.Values exact) {
    double[] rounded = Arrays.stream(exact.elements()).map(HalfFactors::rounded).toArray();
    return new Arguments.Values(exact.shape(), rounded);
  }

  /// A number with 11 significant bits, ties to even. A power of two for its row changes nothing,
  /// but for what is so much smaller than the largest number of the row that it does not count.
  static double rounded(double x) {
    double step = Math.ulp(x) * (1L << (SIGNIFICANT_BITS_OF_DOUBLE - SIGNIFICANT_BITS));
    return x == 0 || !Double.isFinite(x) ? x : Math.rint(x / step) * step;
  }
}
