package org.jgml.models.check;

import java.util.Arrays;

/// Compares blocks of quantised values. Quantisers may round ties either way, so a few elements may
/// be in the next step of their block.
record QuantisedComparison(Values expected) {
  /// Closer than this share of a step is the same step.
  private static final double SAME = 0.1;

  /// Further than this many steps is no tie.
  private static final double NEXT = 1.1;

  /// The share of elements in another step than expected; infinite if one is further than the next.
  double share(Values actual) {
    double[] wanted = expected.elements();
    double[] found = actual.elements();
    int block = expected.type().dataType().blockElements();
    int differing = 0;
    for (int i = 0; i < wanted.length; i++) {
      int start = i - i % block;
      double distance = Math.abs(found[i] - wanted[i]);
      if (distance > 0) {
        double steps = distance / step(wanted, start, start + block);
        if (!(steps <= NEXT)) {
          return Double.POSITIVE_INFINITY;
        }
        differing += steps > SAME ? 1 : 0;
      }
    }
    return (double) differing / wanted.length;
  }

  /// The least distance of different values in a block.
  private static double step(double[] values, int from, int to) {
    double[] sorted = Arrays.copyOfRange(values, from, to);
    Arrays.sort(sorted);
    double step = Double.POSITIVE_INFINITY;
    for (int i = 1; i < sorted.length; i++) {
      double gap = sorted[i] - sorted[i - 1];
      step = gap > 0 ? Math.min(step, gap) : step;
    }
    return step;
  }
}
