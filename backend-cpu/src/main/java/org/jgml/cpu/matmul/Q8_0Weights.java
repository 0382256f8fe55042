package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Blocks of 32: an F16 scale `d` and 32 signed bytes; a weight is `d * q`.
final class Q8_0Weights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.Q8_0;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    long end = offset + DataType.Q8_0.bytes(elements);
    for (long block = offset, at = yOffset; block < end; block += 34, at += 32 * Float.BYTES) {
      dequantiseBlock(w, block, y, at);
    }
  }

  private static void dequantiseBlock(MemorySegment w, long block, MemorySegment y, long at) {
    float d = Lanes.half(w, block);
    for (int i = 0; i < 32; i += Lanes.COUNT) {
      Lanes.signedBytes(w, block + 2 + i)
          .mul(d)
          .intoMemorySegment(y, at + (long) i * Float.BYTES, Lanes.ORDER);
    }
  }
}
