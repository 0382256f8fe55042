package org.jgml.cpu;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.GT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jgml.core.op.Unary;

/// Functions of elements that models call often, a vector at a time.
final class VectorActivations {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();

  /// Keeps the square of an infinity a number, which may be multiplied by zero.
  private static final float LARGEST_SQUARE = 1e30f;

  private static final float SQRT_HALF = 0.70710678f;

  // gelu(x) ≈ x · sigmoid(2 · sqrt(2/π) · (x + 0.044715 · x³))
  private static final float GELU_LINEAR = 1.5957691f;
  private static final float GELU_CUBIC = 0.044715f * GELU_LINEAR;

  private VectorActivations() {}

  /// Applies a function to all whole vectors of a row and returns how many elements they have; 0 if
  /// there is no vector form.
  static int apply(
      Unary.Kind kind, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    int bound = FLOATS.loopBound(length);
    switch (kind) {
      case SILU -> gate(1, x, xAt, y, yAt, bound, 0);
      case GELU -> gate(GELU_LINEAR, x, xAt, y, yAt, bound, GELU_CUBIC);
      case GELU_QUICK -> gate(1.702f, x, xAt, y, yAt, bound, 0);
      case GELU_ERF -> geluErf(x, xAt, y, yAt, bound);
      case SIGMOID -> sigmoid(x, xAt, y, yAt, bound);
      case TANH -> tanh(x, xAt, y, yAt, bound);
      case EXP -> exp(x, xAt, y, yAt, bound);
      case RELU -> relu(x, xAt, y, yAt, bound);
      case SQR -> square(x, xAt, y, yAt, bound);
      case ABS, SGN, NEG, STEP, ELU, HARDSWISH, HARDSIGMOID, EXPM1, SOFTPLUS -> bound = 0;
      case FLOOR, CEIL, ROUND, TRUNC, SQRT, LOG, SIN, COS -> bound = 0;
    }
    return bound;
  }

  /// `x · sigmoid(linear · x + cubic · x³)`.
  private static void gate(
      float linear, MemorySegment x, long xAt, MemorySegment y, long yAt, int bound, float cubic) {
    FloatVector a = FloatVector.broadcast(FLOATS, linear);
    FloatVector b = FloatVector.broadcast(FLOATS, cubic);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN);
      FloatVector argument = v.mul(v).min(LARGEST_SQUARE).fma(b, a).mul(v);
      v.mul(Exponential.sigmoid(argument)).intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
  }

  /// See [NormalDistribution].
  private static void geluErf(MemorySegment x, long xAt, MemorySegment y, long yAt, int bound) {
    FloatVector c9 = FloatVector.broadcast(FLOATS, NormalDistribution.C9);
    FloatVector c8 = FloatVector.broadcast(FLOATS, NormalDistribution.C8);
    FloatVector c7 = FloatVector.broadcast(FLOATS, NormalDistribution.C7);
    FloatVector c6 = FloatVector.broadcast(FLOATS, NormalDistribution.C6);
    FloatVector c5 = FloatVector.broadcast(FLOATS, NormalDistribution.C5);
    FloatVector c4 = FloatVector.broadcast(FLOATS, NormalDistribution.C4);
    FloatVector c3 = FloatVector.broadcast(FLOATS, NormalDistribution.C3);
    FloatVector c2 = FloatVector.broadcast(FLOATS, NormalDistribution.C2);
    FloatVector c1 = FloatVector.broadcast(FLOATS, NormalDistribution.C1);
    FloatVector c0 = FloatVector.broadcast(FLOATS, NormalDistribution.C0);
    FloatVector one = FloatVector.broadcast(FLOATS, 1);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN);
      FloatVector t = one.div(v.abs().mul(SQRT_HALF / 2).add(1));
      FloatVector sum = t.mul(NormalDistribution.C10).add(c9).fma(t, c8).fma(t, c7).fma(t, c6);
      sum = sum.fma(t, c5).fma(t, c4).fma(t, c3).fma(t, c2).fma(t, c1).fma(t, c0);
      FloatVector upperTail = sum.mul(t).mul(0.5f).mul(Exponential.ofNegative(v.mul(v).mul(-0.5f)));
      v.mul(upperTail.blend(one.sub(upperTail), v.compare(GT, 0)))
          .intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
  }

  private static void sigmoid(MemorySegment x, long xAt, MemorySegment y, long yAt, int bound) {
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN);
      Exponential.sigmoid(v).intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
  }

  /// Not with the operator of the Vector API: its last bit depends on whether the loop is compiled.
  private static void tanh(MemorySegment x, long xAt, MemorySegment y, long yAt, int bound) {
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN);
      Exponential.tanh(v).intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
  }

  /// As [#tanh], without the operator.
  private static void exp(MemorySegment x, long xAt, MemorySegment y, long yAt, int bound) {
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN);
      Exponential.of(v).intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
  }

  private static void relu(MemorySegment x, long xAt, MemorySegment y, long yAt, int bound) {
    for (int i = 0; i < bound; i += LANES) {
      fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN)
          .max(0)
          .intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
  }

  private static void square(MemorySegment x, long xAt, MemorySegment y, long yAt, int bound) {
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN);
      v.mul(v).intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
  }
}
