package org.jgml.cpu;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.MAX;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Unary;

/// Row functions with the Vector API: whole vectors here, the last few elements, and functions that
/// models seldom call, in plain Java.
///
/// Each loop is one flat method, since vectors that pass between methods which are not inlined are
/// allocated on the heap.
final class VectorRowMath extends ScalarRowMath {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, VectorShape.forBitSize(FLOATS.vectorBitSize()));
  private static final int LANES = FLOATS.length();
  private static final int BYTES = FLOATS.vectorByteSize();

  // Of two vectors of pairs, the first elements and the second ones.
  private static final VectorShuffle<Float> FIRSTS = VectorShuffle.makeUnzip(FLOATS, 0);
  private static final VectorShuffle<Float> SECONDS = VectorShuffle.makeUnzip(FLOATS, 1);

  // Of one vector of pairs: both elements set to the first, to the second, and swapped.
  private static final VectorShuffle<Float> FIRST_TWICE = VectorShuffle.fromOp(FLOATS, i -> i & -2);
  private static final VectorShuffle<Float> SECOND_TWICE = VectorShuffle.fromOp(FLOATS, i -> i | 1);
  private static final VectorShuffle<Float> SWAPPED = VectorShuffle.fromOp(FLOATS, i -> i ^ 1);
  private static final FloatVector MINUS_PLUS =
      FloatVector.zero(FLOATS)
          .addIndex(1)
          .rearrange(SWAPPED)
          .sub(FloatVector.zero(FLOATS).addIndex(1))
          .neg();

  static int bits() {
    return FLOATS.vectorBitSize();
  }

  @Override
  public void unary(
      Unary.Kind kind, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    int done = VectorActivations.apply(kind, x, xAt, y, yAt, length);
    super.unary(kind, x, xAt + 4L * done, y, yAt + 4L * done, length - done);
  }

  @Override
  public void binary(
      Binary.Kind kind,
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      MemorySegment y,
      long yAt,
      int length) {
    int bound = FLOATS.loopBound(length);
    switch (kind) {
      case ADD -> add(a, aAt, b, bAt, y, yAt, bound);
      case SUB -> subtract(a, aAt, b, bAt, y, yAt, bound);
      case MUL -> multiply(a, aAt, b, bAt, y, yAt, bound);
      case DIV -> divide(a, aAt, b, bAt, y, yAt, bound);
    }
    long tail = 4L * bound;
    super.binary(kind, a, aAt + tail, b, bAt + tail, y, yAt + tail, length - bound);
  }

  private static void add(
      MemorySegment a, long aAt, MemorySegment b, long bAt, MemorySegment y, long yAt, int bound) {
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, a, aAt + 4L * i, LITTLE_ENDIAN);
      FloatVector w = fromMemorySegment(FLOATS, b, bAt + 4L * i, LITTLE_ENDIAN);
      v.add(w).intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
  }

  private static void subtract(
      MemorySegment a, long aAt, MemorySegment b, long bAt, MemorySegment y, long yAt, int bound) {
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, a, aAt + 4L * i, LITTLE_ENDIAN);
      FloatVector w = fromMemorySegment(FLOATS, b, bAt + 4L * i, LITTLE_ENDIAN);
      v.sub(w).intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
  }

  private static void multiply(
      MemorySegment a, long aAt, MemorySegment b, long bAt, MemorySegment y, long yAt, int bound) {
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, a, aAt + 4L * i, LITTLE_ENDIAN);
      FloatVector w = fromMemorySegment(FLOATS, b, bAt + 4L * i, LITTLE_ENDIAN);
      v.mul(w).intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
  }

  private static void divide(
      MemorySegment a, long aAt, MemorySegment b, long bAt, MemorySegment y, long yAt, int bound) {
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, a, aAt + 4L * i, LITTLE_ENDIAN);
      FloatVector w = fromMemorySegment(FLOATS, b, bAt + 4L * i, LITTLE_ENDIAN);
      v.div(w).intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
  }

  @Override
  public void maximum(
      MemorySegment a, long aAt, MemorySegment b, long bAt, MemorySegment y, long yAt, int length) {
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, a, aAt + 4L * i, LITTLE_ENDIAN);
      FloatVector w = fromMemorySegment(FLOATS, b, bAt + 4L * i, LITTLE_ENDIAN);
      v.max(w).intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
    long tail = 4L * bound;
    super.maximum(a, aAt + tail, b, bAt + tail, y, yAt + tail, length - bound);
  }

  @Override
  public void fill(float value, MemorySegment y, long yAt, int length) {
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector.broadcast(FLOATS, value).intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
    super.fill(value, y, yAt + 4L * bound, length - bound);
  }

  @Override
  public void add(float summand, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += LANES) {
      fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN)
          .add(summand)
          .intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
    super.add(summand, x, xAt + 4L * bound, y, yAt + 4L * bound, length - bound);
  }

  @Override
  public void multiply(
      float factor, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += LANES) {
      fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN)
          .mul(factor)
          .intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
    super.multiply(factor, x, xAt + 4L * bound, y, yAt + 4L * bound, length - bound);
  }

  @Override
  public void multiplyAdd(
      float factor,
      float summand,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      int length) {
    FloatVector summands = FloatVector.broadcast(FLOATS, summand);
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += LANES) {
      fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN)
          .fma(FloatVector.broadcast(FLOATS, factor), summands)
          .intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
    long tail = 4L * bound;
    super.multiplyAdd(factor, summand, x, xAt + tail, y, yAt + tail, length - bound);
  }

  @Override
  public void multiply(
      float factor,
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      MemorySegment y,
      long yAt,
      int length) {
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, a, aAt + 4L * i, LITTLE_ENDIAN);
      FloatVector w = fromMemorySegment(FLOATS, b, bAt + 4L * i, LITTLE_ENDIAN);
      v.mul(factor).mul(w).intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
    long tail = 4L * bound;
    super.multiply(factor, a, aAt + tail, b, bAt + tail, y, yAt + tail, length - bound);
  }

  @Override
  public void addMultiple(
      float factor, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    int bound = FLOATS.loopBound(length);
    FloatVector multiplier = FloatVector.broadcast(FLOATS, factor);
    for (int i = 0; i < bound; i += LANES) {
      fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN)
          .fma(multiplier, fromMemorySegment(FLOATS, y, yAt + 4L * i, LITTLE_ENDIAN))
          .intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
    super.addMultiple(factor, x, xAt + 4L * bound, y, yAt + 4L * bound, length - bound);
  }

  @Override
  public void addShifted(
      MemorySegment factors,
      long factorsAt,
      int[] offsets,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      int length) {
    // Four vectors share the loop over taps, and hide the latency of its multiply-adds.
    int bound = length - length % (4 * LANES);
    for (int i = 0; i < bound; i += 4 * LANES) {
      long to = yAt + 4L * i;
      FloatVector a = fromMemorySegment(FLOATS, y, to, LITTLE_ENDIAN);
      FloatVector b = fromMemorySegment(FLOATS, y, to + BYTES, LITTLE_ENDIAN);
      FloatVector c = fromMemorySegment(FLOATS, y, to + 2 * BYTES, LITTLE_ENDIAN);
      FloatVector d = fromMemorySegment(FLOATS, y, to + 3 * BYTES, LITTLE_ENDIAN);
      for (int tap = 0; tap < offsets.length; tap++) {
        FloatVector factor = FloatVector.broadcast(FLOATS, get(factors, factorsAt, tap));
        long from = xAt + 4L * (i + offsets[tap]);
        a = fromMemorySegment(FLOATS, x, from, LITTLE_ENDIAN).fma(factor, a);
        b = fromMemorySegment(FLOATS, x, from + BYTES, LITTLE_ENDIAN).fma(factor, b);
        c = fromMemorySegment(FLOATS, x, from + 2 * BYTES, LITTLE_ENDIAN).fma(factor, c);
        d = fromMemorySegment(FLOATS, x, from + 3 * BYTES, LITTLE_ENDIAN).fma(factor, d);
      }
      a.intoMemorySegment(y, to, LITTLE_ENDIAN);
      b.intoMemorySegment(y, to + BYTES, LITTLE_ENDIAN);
      c.intoMemorySegment(y, to + 2 * BYTES, LITTLE_ENDIAN);
      d.intoMemorySegment(y, to + 3 * BYTES, LITTLE_ENDIAN);
    }
    long tail = 4L * bound;
    super.addShifted(factors, factorsAt, offsets, x, xAt + tail, y, yAt + tail, length - bound);
  }

  @Override
  public double sum(MemorySegment x, long xAt, int length) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN);
      low = low.add(v.convertShape(F2D, DOUBLES, 0));
      high = high.add(v.convertShape(F2D, DOUBLES, 1));
    }
    return laneSum(low.add(high)) + super.sum(x, xAt + 4L * bound, length - bound);
  }

  /// Adds lanes in one order, which `reduceLanes` does not promise.
  private static double laneSum(DoubleVector v) {
    double sum = 0;
    for (int lane = 0; lane < LANES / 2; lane++) {
      sum += v.lane(lane);
    }
    return sum;
  }

  @Override
  public float sumOfSquares(MemorySegment x, long xAt, int length) {
    // Four sums, because one would wait for the latency of every multiply-add.
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = FloatVector.zero(FLOATS);
    FloatVector c = FloatVector.zero(FLOATS);
    FloatVector d = FloatVector.zero(FLOATS);
    int bound = length - length % (4 * LANES);
    for (int i = 0; i < bound; i += 4 * LANES) {
      FloatVector v = fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN);
      FloatVector w = fromMemorySegment(FLOATS, x, xAt + 4L * i + BYTES, LITTLE_ENDIAN);
      FloatVector s = fromMemorySegment(FLOATS, x, xAt + 4L * i + 2 * BYTES, LITTLE_ENDIAN);
      FloatVector t = fromMemorySegment(FLOATS, x, xAt + 4L * i + 3 * BYTES, LITTLE_ENDIAN);
      a = v.fma(v, a);
      b = w.fma(w, b);
      c = s.fma(s, c);
      d = t.fma(t, d);
    }
    DoubleVector low = (DoubleVector) a.add(b).add(c.add(d)).convertShape(F2D, DOUBLES, 0);
    DoubleVector high = (DoubleVector) a.add(b).add(c.add(d)).convertShape(F2D, DOUBLES, 1);
    double sum = laneSum(low.add(high));
    return (float) (sum + super.sumOfSquares(x, xAt + 4L * bound, length - bound));
  }

  @Override
  public float max(MemorySegment x, long xAt, int length) {
    FloatVector max = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN);
      max = max.blend(v, v.compare(GT, max));
    }
    return Math.max(max.reduceLanes(MAX), super.max(x, xAt + 4L * bound, length - bound));
  }

  @Override
  public float exponentials(
      float max, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int bound = FLOATS.loopBound(length);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN);
      FloatVector e = Exponential.ofNegative(v.sub(max));
      sum = sum.add(e);
      e.intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
    DoubleVector low = (DoubleVector) sum.convertShape(F2D, DOUBLES, 0);
    DoubleVector high = (DoubleVector) sum.convertShape(F2D, DOUBLES, 1);
    long tail = 4L * bound;
    float rest = super.exponentials(max, x, xAt + tail, y, yAt + tail, length - bound);
    return (float) (laneSum(low.add(high)) + rest);
  }

  @Override
  public void rotateNeighbours(
      MemorySegment x,
      long xAt,
      MemorySegment angles,
      long anglesAt,
      MemorySegment y,
      long yAt,
      int pairs) {
    int bound = FLOATS.loopBound(2 * pairs);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = fromMemorySegment(FLOATS, x, xAt + 4L * i, LITTLE_ENDIAN);
      FloatVector angle = fromMemorySegment(FLOATS, angles, anglesAt + 4L * i, LITTLE_ENDIAN);
      FloatVector sine = angle.rearrange(SECOND_TWICE).mul(MINUS_PLUS);
      v.mul(angle.rearrange(FIRST_TWICE))
          .add(v.rearrange(SWAPPED).mul(sine))
          .intoMemorySegment(y, yAt + 4L * i, LITTLE_ENDIAN);
    }
    long tail = 4L * bound;
    super.rotateNeighbours(
        x, xAt + tail, angles, anglesAt + tail, y, yAt + tail, pairs - bound / 2);
  }

  @Override
  public void rotateHalves(
      MemorySegment x,
      long xAt,
      MemorySegment angles,
      long anglesAt,
      MemorySegment y,
      long yAt,
      int pairs) {
    int bound = FLOATS.loopBound(pairs);
    long half = 4L * pairs;
    for (int i = 0; i < bound; i += LANES) {
      long at = 4L * i;
      FloatVector angle = fromMemorySegment(FLOATS, angles, anglesAt + 2 * at, LITTLE_ENDIAN);
      FloatVector next =
          fromMemorySegment(FLOATS, angles, anglesAt + 2 * at + BYTES, LITTLE_ENDIAN);
      FloatVector cosine = angle.rearrange(FIRSTS, next);
      FloatVector sine = angle.rearrange(SECONDS, next);
      FloatVector first = fromMemorySegment(FLOATS, x, xAt + at, LITTLE_ENDIAN);
      FloatVector second = fromMemorySegment(FLOATS, x, xAt + half + at, LITTLE_ENDIAN);
      first.mul(cosine).sub(second.mul(sine)).intoMemorySegment(y, yAt + at, LITTLE_ENDIAN);
      first.mul(sine).add(second.mul(cosine)).intoMemorySegment(y, yAt + half + at, LITTLE_ENDIAN);
    }
    rotateHalves(x, xAt, angles, anglesAt, y, yAt, pairs, bound);
  }
}
