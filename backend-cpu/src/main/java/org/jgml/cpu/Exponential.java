package org.jgml.cpu;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The exponential function of vectors: `exp(x) = 2^n · exp(r)` with `n` an integer and `|r| ≤
/// ln 2 / 2`, where the Taylor polynomial of degree 7 is exact to float precision.
final class Exponential {
  private static final float LOG2_E = 1.44269504f;

  // ln 2 in two parts, so that n · ln 2 can be subtracted without rounding.
  private static final float LN_2_HIGH = 0.693359375f;
  private static final float LN_2_LOW = -2.12194440e-4f;

  // Adding 1.5 · 2^23 rounds to an integer and leaves it in the low bits of the sum.
  private static final float ROUNDER = 12582912f;

  /// Below this, results would be subnormal; they become 0.
  private static final float LOWEST = -86.9f;

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  private Exponential() {}

  private static FloatVector splat(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  /// `exp(x)` for `x ≤ 0`. Small enough to be inlined where it is called.
  static FloatVector ofNegative(FloatVector x) {
    FloatVector rounded = x.max(LOWEST).fma(splat(LOG2_E), splat(ROUNDER));
    FloatVector n = rounded.sub(ROUNDER);
    FloatVector r = n.fma(splat(-LN_2_HIGH), x).sub(n.mul(LN_2_LOW));
    FloatVector sum =
        r.fma(splat(1 / 5040f), splat(1 / 720f))
            .fma(r, splat(1 / 120f))
            .fma(r, splat(1 / 24f))
            .fma(r, splat(1 / 6f))
            .fma(r, splat(1 / 2f))
            .fma(r, splat(1))
            .fma(r, splat(1));
    return sum.reinterpretAsInts()
        .add(rounded.reinterpretAsInts().lanewise(LSHL, 23))
        .reinterpretAsFloats()
        .blend(0, x.lt(LOWEST));
  }

  /// `1 / (1 + exp(-x))`. Small enough to be inlined where it is called.
  static FloatVector sigmoid(FloatVector x) {
    FloatVector small = ofNegative(x.abs().neg());
    FloatVector numerator = small.blend(1, x.compare(GE, 0));
    return numerator.div(small.add(1));
  }
}
