package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 256 in 16 groups of 16: high bits, 2-bit weights, packed 6-bit scales, F16 `d`.
///
/// A weight is `d * (scale - 32) * (q - 4)`.
final class Q3_KWeights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.Q3_K;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    long end = offset + DataType.Q3_K.bytes(elements);
    for (long block = offset, at = yOffset; block < end; block += 110, at += 256 * Float.BYTES) {
      dequantiseBlock(w, block, y, at);
    }
  }

  private static void dequantiseBlock(MemorySegment w, long block, MemorySegment y, long at) {
    float d = Lanes.half(w, block + 108);
    for (int group = 0; group < 16; group++) {
      float scale = d * (scale(w, block + 96, group) - 32);
      long quants = block + 32 + (group >> 3) * 32 + (group & 1) * 16;
      long masks = block + (group & 1) * 16;
      int shift = group & 6;
      int bit = group >> 1;
      for (int i = 0; i < 16; i += Lanes.COUNT) {
        IntVector low = Lanes.unsignedBytes(w, quants + i).lanewise(LSHR, shift).and(3);
        IntVector high = Lanes.unsignedBytes(w, masks + i).lanewise(LSHR, bit).and(1);
        Lanes.floats(low.add(high.lanewise(LSHL, 2)).sub(4))
            .mul(scale)
            .intoMemorySegment(y, at + (group * 16L + i) * Float.BYTES, Lanes.ORDER);
      }
    }
  }

  private static int scale(MemorySegment w, long scales, int group) {
    int low = w.get(Lanes.BYTE, scales + (group & 7)) >> (group >> 3) * 4 & 15;
    int high = w.get(Lanes.BYTE, scales + 8 + (group & 3)) >> (group >> 2) * 2 & 3;
    return low | high << 4;
  }
}
