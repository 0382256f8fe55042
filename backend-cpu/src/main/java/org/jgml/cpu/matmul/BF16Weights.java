package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Weights that are the upper halves of floats.
final class BF16Weights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.BF16;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    int bound = Lanes.FLOATS.loopBound(elements);
    for (int i = 0; i < bound; i += Lanes.COUNT) {
      Lanes.shorts(w, offset + 2L * i)
          .lanewise(LSHL, 16)
          .reinterpretAsFloats()
          .intoMemorySegment(y, yOffset + 4L * i, Lanes.ORDER);
    }
    for (int i = bound; i < elements; i++) {
      y.set(Lanes.INT, yOffset + 4L * i, w.get(Lanes.SHORT, offset + 2L * i) << 16);
    }
  }
}
