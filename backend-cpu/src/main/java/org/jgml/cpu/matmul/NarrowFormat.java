package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// A format for vectors of four lanes, whose narrow bytes the Vector API cannot widen: plain Java
/// dequantises, vectors multiply.
record NarrowFormat(DataType type) implements WeightFormat {
  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    ScalarFormat.of(type).dequantise(w, offset, elements, y, yOffset);
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
    throw new UnsupportedOperationException("one token is multiplied by FewTokensProduct");
  }
}
