package org.jgml.cpu;

import static jdk.incubator.vector.VectorOperators.F2I;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// The exponential function of vectors: `exp(x) = 2^n · exp(r)` with `n` an integer and `|r| ≤ ln 2
/// / 2`, where the Taylor polynomial of degree 7 is exact to float precision.
final class Exponential {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  /// Below this, results would be subnormal; they become 0.
  private static final float LOWEST = -86.9f;

  // Adding 1.5 · 2^23 rounds to an integer and leaves it in the low bits of the sum.
  private static final float ROUNDER = 12582912f;

  private static final FloatVector LOG2_E = splat(1.44269504f);
  private static final FloatVector ROUNDERS = splat(ROUNDER);

  // -ln 2 in two parts, so that n · ln 2 can be subtracted without rounding.
  private static final FloatVector MINUS_LN2_HIGH = splat(-0.693359375f);
  private static final FloatVector MINUS_LN2_LOW = splat(2.12194440e-4f);

  private static final FloatVector C6 = splat(1 / 720f);
  private static final FloatVector C5 = splat(1 / 120f);
  private static final FloatVector C4 = splat(1 / 24f);
  private static final FloatVector C3 = splat(1 / 6f);
  private static final FloatVector C2 = splat(1 / 2f);
  private static final FloatVector C1 = splat(1);

  // tanh(x) = x + x³ · (T0 + T1 · x² + …) for |x| < 0.625: the minimax polynomial of Cephes.
  private static final float T4 = -5.70498872745e-3f;
  private static final FloatVector T3 = splat(2.06390887954e-2f);
  private static final FloatVector T2 = splat(-5.37397155531e-2f);
  private static final FloatVector T1 = splat(1.33314422036e-1f);
  private static final FloatVector T0 = splat(-3.33332819422e-1f);

  private Exponential() {}

  private static FloatVector splat(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  /// `exp(x)` for `x ≤ 0`. Small enough to be inlined where it is called.
  static FloatVector ofNegative(FloatVector x) {
    FloatVector n = x.max(LOWEST).fma(LOG2_E, ROUNDERS).sub(ROUNDER);
    FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, x));
    FloatVector sum = r.mul(1 / 5040f).add(C6).fma(r, C5).fma(r, C4).fma(r, C3).fma(r, C2);
    IntVector exponent = ((IntVector) n.convert(F2I, 0)).add(127).lanewise(LSHL, 23);
    return sum.fma(r, C1).fma(r, C1).mul(exponent.reinterpretAsFloats()).blend(0, x.lt(LOWEST));
  }

  /// `1 / (1 + exp(-x))`. Small enough to be inlined where it is called.
  static FloatVector sigmoid(FloatVector x) {
    FloatVector small = ofNegative(x.abs().neg());
    FloatVector numerator = small.blend(1, x.compare(GE, 0));
    return numerator.div(small.add(1));
  }

  /// `exp(x)` of any `x`, as the square of the half power, which cannot overflow.
  static FloatVector of(FloatVector x) {
    FloatVector half = ofNegative(x.abs().mul(-0.5f));
    FloatVector power = half.blend(half.broadcast(1).div(half), x.compare(GE, 0));
    return power.mul(power);
  }

  /// `tanh(x)`: a polynomial near zero, where the quotient of exponentials cancels.
  static FloatVector tanh(FloatVector x) {
    FloatVector square = x.mul(x);
    FloatVector sum = square.mul(T4).add(T3).fma(square, T2).fma(square, T1).fma(square, T0);
    FloatVector near = sum.mul(square).fma(x, x);
    FloatVector small = ofNegative(x.abs().mul(-2));
    FloatVector far = small.broadcast(1).sub(small).div(small.add(1));
    FloatVector signed = far.blend(far.neg(), x.lt(0));
    return signed.blend(near, x.abs().lt(0.625f));
  }
}
