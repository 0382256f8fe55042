package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Clamp;
import org.jgml.core.op.LeakyRelu;
import org.jgml.core.op.SwigluOai;
import org.jgml.core.op.Unary;
import org.jgml.core.op.Xielu;

/// Row functions in plain Java.
class ScalarRowMath implements RowMath {
  static float get(MemorySegment x, long at, int i) {
    return x.get(FLOAT, at + (long) i * Float.BYTES);
  }

  static void set(MemorySegment y, long at, int i, double value) {
    y.set(FLOAT, at + (long) i * Float.BYTES, (float) value);
  }

  @Override
  public void unary(
      Unary.Kind kind, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    for (int i = 0; i < length; i++) {
      float value = get(x, xAt, i);
      boolean isNormal = kind == Unary.Kind.GELU_ERF;
      set(y, yAt, i, isNormal ? NormalDistribution.gelu(value) : kind.apply(value));
    }
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
    for (int i = 0; i < length; i++) {
      set(y, yAt, i, kind.apply(get(a, aAt, i), get(b, bAt, i)));
    }
  }

  @Override
  public void maximum(
      MemorySegment a, long aAt, MemorySegment b, long bAt, MemorySegment y, long yAt, int length) {
    for (int i = 0; i < length; i++) {
      set(y, yAt, i, Math.max(get(a, aAt, i), get(b, bAt, i)));
    }
  }

  @Override
  public void swigluOai(
      SwigluOai op,
      MemorySegment gate,
      long gateAt,
      MemorySegment up,
      long upAt,
      MemorySegment y,
      long yAt,
      int length) {
    for (int i = 0; i < length; i++) {
      set(y, yAt, i, op.apply(get(gate, gateAt, i), get(up, upAt, i)));
    }
  }

  @Override
  public void clamp(Clamp op, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    for (int i = 0; i < length; i++) {
      set(y, yAt, i, Math.min(Math.max(get(x, xAt, i), op.low()), op.high()));
    }
  }

  @Override
  public void leakyRelu(
      LeakyRelu op, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    for (int i = 0; i < length; i++) {
      float value = get(x, xAt, i);
      set(y, yAt, i, value > 0 ? value : op.slope() * value);
    }
  }

  @Override
  public void xielu(Xielu op, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    for (int i = 0; i < length; i++) {
      set(y, yAt, i, op.apply(get(x, xAt, i)));
    }
  }

  @Override
  public void fill(float value, MemorySegment y, long yAt, int length) {
    for (int i = 0; i < length; i++) {
      set(y, yAt, i, value);
    }
  }

  @Override
  public void add(float summand, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    for (int i = 0; i < length; i++) {
      set(y, yAt, i, get(x, xAt, i) + summand);
    }
  }

  @Override
  public void multiply(
      float factor, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    for (int i = 0; i < length; i++) {
      set(y, yAt, i, factor * get(x, xAt, i));
    }
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
    for (int i = 0; i < length; i++) {
      set(y, yAt, i, (float) ((double) factor * get(x, xAt, i) + summand));
    }
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
    for (int i = 0; i < length; i++) {
      set(y, yAt, i, factor * get(a, aAt, i) * get(b, bAt, i));
    }
  }

  @Override
  public void addMultiple(
      float factor, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    for (int i = 0; i < length; i++) {
      set(y, yAt, i, get(y, yAt, i) + factor * get(x, xAt, i));
    }
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
    for (int i = 0; i < length; i++) {
      float sum = get(y, yAt, i);
      for (int tap = 0; tap < offsets.length; tap++) {
        sum = Math.fma(get(factors, factorsAt, tap), get(x, xAt, i + offsets[tap]), sum);
      }
      set(y, yAt, i, sum);
    }
  }

  @Override
  public double sum(MemorySegment x, long xAt, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += get(x, xAt, i);
    }
    return sum;
  }

  @Override
  public float sumOfSquares(MemorySegment x, long xAt, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      double value = get(x, xAt, i);
      sum += value * value;
    }
    return (float) sum;
  }

  @Override
  public float max(MemorySegment x, long xAt, int length) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      float value = get(x, xAt, i);
      max = value > max ? value : max;
    }
    return max;
  }

  @Override
  public float exponentials(
      float max, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      float value = (float) Math.exp(get(x, xAt, i) - max);
      set(y, yAt, i, value);
      sum += value;
    }
    return (float) sum;
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
    for (int i = 0; i < 2 * pairs; i += 2) {
      float cosine = get(angles, anglesAt, i);
      float sine = get(angles, anglesAt, i + 1);
      float first = get(x, xAt, i);
      float second = get(x, xAt, i + 1);
      set(y, yAt, i, first * cosine - second * sine);
      set(y, yAt, i + 1, first * sine + second * cosine);
    }
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
    rotateHalves(x, xAt, angles, anglesAt, y, yAt, pairs, 0);
  }

  /// Turns the pairs from `from` on.
  static void rotateHalves(
      MemorySegment x,
      long xAt,
      MemorySegment angles,
      long anglesAt,
      MemorySegment y,
      long yAt,
      int pairs,
      int from) {
    for (int i = from; i < pairs; i++) {
      float cosine = get(angles, anglesAt, 2 * i);
      float sine = get(angles, anglesAt, 2 * i + 1);
      float first = get(x, xAt, i);
      float second = get(x, xAt, pairs + i);
      set(y, yAt, i, first * cosine - second * sine);
      set(y, yAt, pairs + i, first * sine + second * cosine);
    }
  }
}
