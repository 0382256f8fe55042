package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 256 in 8 groups of 32: F16 `d` and `dmin`, packed 6-bit scales and minima, nibbles.
///
/// A weight is `d * scale * q - dmin * minimum`. Of 32 bytes the low nibbles are the even group,
/// the high nibbles the odd one.
final class Q4_KWeights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.Q4_K;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    long end = offset + DataType.Q4_K.bytes(elements);
    for (long block = offset, at = yOffset; block < end; block += 144, at += 256 * Float.BYTES) {
      dequantiseBlock(w, block, y, at);
    }
  }

  private static void dequantiseBlock(MemorySegment w, long block, MemorySegment y, long at) {
    float d = Lanes.half(w, block);
    float dmin = Lanes.half(w, block + 2);
    for (int group = 0; group < 8; group++) {
      float scale = d * SixBitScales.scale(w, block + 4, group);
      float minimum = dmin * SixBitScales.minimum(w, block + 4, group);
      long quants = block + 16 + (group >> 1) * 32;
      int shift = (group & 1) * 4;
      for (int i = 0; i < 32; i += Lanes.COUNT) {
        IntVector q = Lanes.unsignedBytes(w, quants + i).lanewise(LSHR, shift).and(15);
        Lanes.floats(q)
            .mul(scale)
            .sub(minimum)
            .intoMemorySegment(y, at + (group * 32L + i) * Float.BYTES, Lanes.ORDER);
      }
    }
  }
}
