package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
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
    int bound = Lanes.FLOATS.loopBound(elements);
    for (int i = 0; i < bound; i += Lanes.COUNT) {
      IntVector bits = Lanes.shorts(w, offset + 2L * i);
      IntVector sign = bits.lanewise(LSHL, 16).and(0x80000000);
      IntVector magnitude = bits.and(0x7fff).lanewise(LSHL, 13);
      // A product with a power of two moves the exponent and normalises subnormal halves.
      IntVector finite = magnitude.reinterpretAsFloats().mul(EXPONENT_GAP).reinterpretAsInts();
      IntVector special = magnitude.or(0x7f800000);
      finite
          .blend(special, magnitude.compare(VectorOperators.GE, 0x0f800000))
          .or(sign)
          .reinterpretAsFloats()
          .intoMemorySegment(y, yOffset + 4L * i, Lanes.ORDER);
    }
    for (int i = bound; i < elements; i++) {
      y.set(Lanes.FLOAT, yOffset + 4L * i, Lanes.half(w, offset + 2L * i));
    }
  }
}
