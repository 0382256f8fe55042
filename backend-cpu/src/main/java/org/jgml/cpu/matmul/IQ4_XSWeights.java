package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Blocks of 256 in 8 groups of 32: F16 `d`, packed 6-bit scales, nibbles that index a table.
///
/// A weight is `d * (scale - 32) * table[q]`.
final class IQ4_XSWeights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.IQ4_XS;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    long end = offset + DataType.IQ4_XS.bytes(elements);
    for (long block = offset, at = yOffset; block < end; block += 136, at += 256 * Float.BYTES) {
      dequantiseBlock(w, block, y, at);
    }
  }

  private static void dequantiseBlock(MemorySegment w, long block, MemorySegment y, long at) {
    float d = Lanes.half(w, block);
    int high = w.get(Lanes.SHORT, block + 2);
    for (int group = 0; group < 8; group++) {
      int low = w.get(Lanes.BYTE, block + 4 + (group >> 1)) >> (group & 1) * 4 & 15;
      int scale = low | (high >> group * 2 & 3) << 4;
      CodebookLanes.dequantise(
          w, block + 8 + group * 16, d * (scale - 32), y, at + group * 32L * Float.BYTES);
    }
  }
}
