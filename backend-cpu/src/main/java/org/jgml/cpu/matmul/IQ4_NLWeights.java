package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Blocks of 32: an F16 scale `d` and 16 bytes of nibbles that index a table of values.
final class IQ4_NLWeights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.IQ4_NL;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    long end = offset + DataType.IQ4_NL.bytes(elements);
    for (long block = offset, at = yOffset; block < end; block += 18, at += 32 * Float.BYTES) {
      dequantiseBlock(w, block, y, at);
    }
  }

  private static void dequantiseBlock(MemorySegment w, long block, MemorySegment y, long at) {
    float d = Lanes.half(w, block);
    CodebookLanes.dequantise(w, block + 2, d, y, at);
  }
}
