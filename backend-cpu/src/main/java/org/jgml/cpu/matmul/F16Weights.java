package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2I;
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
import jdk.incubator.vector.VectorMask;
import org.jgml.core.tensor.DataType;

/// Weights that are IEEE 754 half-precision floats.
final class F16Weights implements WeightFormat {
  private static final float EXPONENT_GAP = 0x1p112f;

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
      // The sign stays on top, exponent and mantissa move to their place; a product with a power of
      // two corrects the exponent and normalises subnormal halves.
      IntVector moved = bits.lanewise(LSHL, 13).and(0x8fffe000);
      FloatVector finite = moved.reinterpretAsFloats().mul(EXPONENT_GAP);
      VectorMask<Float> special = bits.and(0x7c00).compare(EQ, 0x7c00).cast(FLOATS);
      FloatVector v = finite.blend(moved.or(0x7f800000).reinterpretAsFloats(), special);
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
        IntVector bitsa =
            (IntVector)
                ShortVector.fromMemorySegment(NARROW_SHORTS, w, wa + 2L * i, ORDER)
                    .convertShape(S2I, INTS, 0);
        IntVector moveda = bitsa.lanewise(LSHL, 13).and(0x8fffe000);
        FloatVector finitea = moveda.reinterpretAsFloats().mul(EXPONENT_GAP);
        VectorMask<Float> speciala = bitsa.and(0x7c00).compare(EQ, 0x7c00).cast(FLOATS);
        FloatVector va = finitea.blend(moveda.or(0x7f800000).reinterpretAsFloats(), speciala);
        ya = va.fma(xi, ya);
        IntVector bitsb =
            (IntVector)
                ShortVector.fromMemorySegment(NARROW_SHORTS, w, wb + 2L * i, ORDER)
                    .convertShape(S2I, INTS, 0);
        IntVector movedb = bitsb.lanewise(LSHL, 13).and(0x8fffe000);
        FloatVector finiteb = movedb.reinterpretAsFloats().mul(EXPONENT_GAP);
        VectorMask<Float> specialb = bitsb.and(0x7c00).compare(EQ, 0x7c00).cast(FLOATS);
        FloatVector vb = finiteb.blend(movedb.or(0x7f800000).reinterpretAsFloats(), specialb);
        yb = vb.fma(xi, yb);
        IntVector bitsc =
            (IntVector)
                ShortVector.fromMemorySegment(NARROW_SHORTS, w, wc + 2L * i, ORDER)
                    .convertShape(S2I, INTS, 0);
        IntVector movedc = bitsc.lanewise(LSHL, 13).and(0x8fffe000);
        FloatVector finitec = movedc.reinterpretAsFloats().mul(EXPONENT_GAP);
        VectorMask<Float> specialc = bitsc.and(0x7c00).compare(EQ, 0x7c00).cast(FLOATS);
        FloatVector vc = finitec.blend(movedc.or(0x7f800000).reinterpretAsFloats(), specialc);
        yc = vc.fma(xi, yc);
        IntVector bitsd =
            (IntVector)
                ShortVector.fromMemorySegment(NARROW_SHORTS, w, wd + 2L * i, ORDER)
                    .convertShape(S2I, INTS, 0);
        IntVector movedd = bitsd.lanewise(LSHL, 13).and(0x8fffe000);
        FloatVector finited = movedd.reinterpretAsFloats().mul(EXPONENT_GAP);
        VectorMask<Float> speciald = bitsd.and(0x7c00).compare(EQ, 0x7c00).cast(FLOATS);
        FloatVector vd = finited.blend(movedd.or(0x7f800000).reinterpretAsFloats(), speciald);
        yd = vd.fma(xi, yd);
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
