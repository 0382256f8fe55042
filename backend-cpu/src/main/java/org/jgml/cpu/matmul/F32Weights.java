package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Weights that are plain floats.
final class F32Weights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.F32;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    MemorySegment.copy(w, offset, y, yOffset, (long) elements * Float.BYTES);
  }
}
