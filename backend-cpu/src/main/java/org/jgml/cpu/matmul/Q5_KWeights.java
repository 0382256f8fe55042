package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 256 in 8 groups of 32: as Q4_K, with 32 bytes of fifth bits before the nibbles.
///
/// Bit `g` of byte `i` is the fifth bit of weight `i` of group `g`.
final class Q5_KWeights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.Q5_K;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    long end = offset + DataType.Q5_K.bytes(elements);
    for (long block = offset, at = yOffset; block < end; block += 176, at += 256 * Float.BYTES) {
      dequantiseBlock(w, block, y, at);
    }
  }

  private static void dequantiseBlock(MemorySegment w, long block, MemorySegment y, long at) {
    float d = Lanes.half(w, block);
    float dmin = Lanes.half(w, block + 2);
    for (int group = 0; group < 8; group++) {
      float scale = d * SixBitScales.scale(w, block + 4, group);
      float minimum = dmin * SixBitScales.minimum(w, block + 4, group);
      long quants = block + 48 + (group >> 1) * 32;
      int shift = (group & 1) * 4;
      for (int i = 0; i < 32; i += Lanes.COUNT) {
        IntVector low = Lanes.unsignedBytes(w, quants + i).lanewise(LSHR, shift).and(15);
        IntVector high = Lanes.unsignedBytes(w, block + 16 + i).lanewise(LSHR, group).and(1);
        Lanes.floats(low.or(high.lanewise(LSHL, 4)))
            .mul(scale)
            .sub(minimum)
            .intoMemorySegment(y, at + (group * 32L + i) * Float.BYTES, Lanes.ORDER);
      }
    }
  }
}
