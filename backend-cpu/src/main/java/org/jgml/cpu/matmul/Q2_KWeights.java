package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 256 in 16 groups of 16: scale and minimum nibbles, 2-bit weights, F16 `d` and `dmin`.
///
/// A weight is `d * scale * q - dmin * minimum`.
final class Q2_KWeights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.Q2_K;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    long end = offset + DataType.Q2_K.bytes(elements);
    for (long block = offset, at = yOffset; block < end; block += 84, at += 256 * Float.BYTES) {
      dequantiseBlock(w, block, y, at);
    }
  }

  private static void dequantiseBlock(MemorySegment w, long block, MemorySegment y, long at) {
    float d = Lanes.half(w, block + 80);
    float dmin = Lanes.half(w, block + 82);
    for (int group = 0; group < 16; group++) {
      int packed = w.get(Lanes.BYTE, block + group);
      float scale = d * (packed & 15);
      float minimum = dmin * (packed >> 4 & 15);
      // 32 bytes hold four runs of 32 weights, one for each pair of bits.
      long quants = block + 16 + (group >> 3) * 32 + (group & 1) * 16;
      int shift = group & 6;
      for (int i = 0; i < 16; i += Lanes.COUNT) {
        IntVector q = Lanes.unsignedBytes(w, quants + i).lanewise(LSHR, shift).and(3);
        Lanes.floats(q)
            .mul(scale)
            .sub(minimum)
            .intoMemorySegment(y, at + (group * 16L + i) * Float.BYTES, Lanes.ORDER);
      }
    }
  }
}
