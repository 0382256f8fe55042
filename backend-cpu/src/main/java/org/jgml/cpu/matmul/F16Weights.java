package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.FMA;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.XOR;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.INTS;
import static org.jgml.cpu.matmul.Lanes.NARROW_SHORTS;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Lanes.SHORT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import org.jgml.core.tensor.DataType;

/// Weights that are IEEE 754 half-precision floats.
///
/// Exponent and mantissa move to their place. Of a subnormal half that makes a subnormal float, and
/// arithmetic with those takes a hundred clocks; of weights of 0.02 each 25th vector has one. So
/// what is added to the exponent makes a normal float of it that is too large by an implicit one,
/// which is taken off, twice as large.
final class F16Weights implements WeightFormat {
  /// What the exponents of floats are larger by, where they stand.
  private static final IntVector EXPONENT_GAP = IntVector.broadcast(INTS, 112 << 23);

  // The magnitudes of an infinity and of the least normal half, moved.
  private static final IntVector INFINITY = IntVector.broadcast(INTS, 31 << 23);
  private static final IntVector LEAST_NORMAL = IntVector.broadcast(INTS, 1 << 23);

  private static final FloatVector TWO = FloatVector.broadcast(FLOATS, 2);

  /// What twice such a float is too large by, negated.
  private static final IntVector EXCESS =
      IntVector.broadcast(INTS, Float.floatToRawIntBits(-0x1p-14f));

  private static final IntVector SIGN = IntVector.broadcast(INTS, 0x80000000);

  @Override
  public DataType type() {
    return DataType.F16;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    int bound = FLOATS.loopBound(elements);
    long from = offset;
    long to = yOffset;
    for (int i = 0; i < bound; i += COUNT) {
      IntVector bits =
          (IntVector)
              ShortVector.fromMemorySegment(NARROW_SHORTS, w, from + 2L * i, ORDER)
                  .convertShape(S2I, INTS, 0);
      IntVector magnitude = bits.lanewise(LSHL, 17).lanewise(LSHR, 4);
      IntVector moved =
          magnitude.add(EXPONENT_GAP).add(EXPONENT_GAP, magnitude.compare(GE, INFINITY));
      IntVector sign = bits.and(SIGN);
      FloatVector excess = sign.lanewise(XOR, EXCESS).reinterpretAsFloats();
      FloatVector v =
          moved
              .or(sign)
              .reinterpretAsFloats()
              .lanewise(FMA, TWO, excess, magnitude.compare(LT, LEAST_NORMAL).cast(FLOATS))
              .blend(sign.reinterpretAsFloats(), magnitude.compare(EQ, 0).cast(FLOATS));
      v.intoMemorySegment(y, to + 4L * i, ORDER);
    }
    for (int i = bound; i < elements; i++) {
      y.set(FLOAT, to + 4L * i, Float.float16ToFloat(w.get(SHORT, from + 2L * i)));
    }
  }

  @Override
  public void multiply(
      MemorySegment w,
      long offset,
      long rowBytes,
      int rows,
      int k,
      MemorySegment x,
      MemorySegment sums) {
    int step = (rows + 3) / 4;
    int bound = FLOATS.loopBound(k);
    for (int row = 0; row < step; row++) {
      int rowa = Math.min(row, rows - 1);
      long wa = offset + rowa * rowBytes;
      FloatVector ya = FloatVector.zero(FLOATS);
      int rowb = Math.min(row + step, rows - 1);
      long wb = offset + rowb * rowBytes;
      FloatVector yb = FloatVector.zero(FLOATS);
      int rowc = Math.min(row + 2 * step, rows - 1);
      long wc = offset + rowc * rowBytes;
      FloatVector yc = FloatVector.zero(FLOATS);
      int rowd = Math.min(row + 3 * step, rows - 1);
      long wd = offset + rowd * rowBytes;
      FloatVector yd = FloatVector.zero(FLOATS);
      for (int i = 0; i < bound; i += COUNT) {
        FloatVector xi = FloatVector.fromMemorySegment(FLOATS, x, 4L * i, ORDER);
        IntVector bits;
        IntVector magnitude;
        IntVector moved;
        IntVector sign;
        FloatVector excess;
        FloatVector value;
        bits =
            (IntVector)
                ShortVector.fromMemorySegment(NARROW_SHORTS, w, wa + 2L * i, ORDER)
                    .convertShape(S2I, INTS, 0);
        magnitude = bits.lanewise(LSHL, 17).lanewise(LSHR, 4);
        moved = magnitude.add(EXPONENT_GAP).add(EXPONENT_GAP, magnitude.compare(GE, INFINITY));
        sign = bits.and(SIGN);
        excess = sign.lanewise(XOR, EXCESS).reinterpretAsFloats();
        value =
            moved
                .or(sign)
                .reinterpretAsFloats()
                .lanewise(FMA, TWO, excess, magnitude.compare(LT, LEAST_NORMAL).cast(FLOATS));
        ya = value.fma(xi, ya);
        bits =
            (IntVector)
                ShortVector.fromMemorySegment(NARROW_SHORTS, w, wb + 2L * i, ORDER)
                    .convertShape(S2I, INTS, 0);
        magnitude = bits.lanewise(LSHL, 17).lanewise(LSHR, 4);
        moved = magnitude.add(EXPONENT_GAP).add(EXPONENT_GAP, magnitude.compare(GE, INFINITY));
        sign = bits.and(SIGN);
        excess = sign.lanewise(XOR, EXCESS).reinterpretAsFloats();
        value =
            moved
                .or(sign)
                .reinterpretAsFloats()
                .lanewise(FMA, TWO, excess, magnitude.compare(LT, LEAST_NORMAL).cast(FLOATS));
        yb = value.fma(xi, yb);
        bits =
            (IntVector)
                ShortVector.fromMemorySegment(NARROW_SHORTS, w, wc + 2L * i, ORDER)
                    .convertShape(S2I, INTS, 0);
        magnitude = bits.lanewise(LSHL, 17).lanewise(LSHR, 4);
        moved = magnitude.add(EXPONENT_GAP).add(EXPONENT_GAP, magnitude.compare(GE, INFINITY));
        sign = bits.and(SIGN);
        excess = sign.lanewise(XOR, EXCESS).reinterpretAsFloats();
        value =
            moved
                .or(sign)
                .reinterpretAsFloats()
                .lanewise(FMA, TWO, excess, magnitude.compare(LT, LEAST_NORMAL).cast(FLOATS));
        yc = value.fma(xi, yc);
        bits =
            (IntVector)
                ShortVector.fromMemorySegment(NARROW_SHORTS, w, wd + 2L * i, ORDER)
                    .convertShape(S2I, INTS, 0);
        magnitude = bits.lanewise(LSHL, 17).lanewise(LSHR, 4);
        moved = magnitude.add(EXPONENT_GAP).add(EXPONENT_GAP, magnitude.compare(GE, INFINITY));
        sign = bits.and(SIGN);
        excess = sign.lanewise(XOR, EXCESS).reinterpretAsFloats();
        value =
            moved
                .or(sign)
                .reinterpretAsFloats()
                .lanewise(FMA, TWO, excess, magnitude.compare(LT, LEAST_NORMAL).cast(FLOATS));
        yd = value.fma(xi, yd);
      }
      ya.add(tail(w, wa, x, bound, k) / COUNT)
          .intoMemorySegment(sums, LaneSums.offset(rowa), ORDER);
      yb.add(tail(w, wb, x, bound, k) / COUNT)
          .intoMemorySegment(sums, LaneSums.offset(rowb), ORDER);
      yc.add(tail(w, wc, x, bound, k) / COUNT)
          .intoMemorySegment(sums, LaneSums.offset(rowc), ORDER);
      yd.add(tail(w, wd, x, bound, k) / COUNT)
          .intoMemorySegment(sums, LaneSums.offset(rowd), ORDER);
    }
  }

  private static float tail(MemorySegment w, long row, MemorySegment x, int first, int k) {
    float sum = 0;
    for (int i = first; i < k; i++) {
      sum = Math.fma(Float.float16ToFloat(w.get(SHORT, row + 2L * i)), x.get(FLOAT, 4L * i), sum);
    }
    return sum;
  }
}
