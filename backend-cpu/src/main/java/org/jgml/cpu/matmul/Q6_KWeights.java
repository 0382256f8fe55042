package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 256 in 16 groups of 16: low nibbles, 2-bit tops, signed byte scales, F16 `d` at the
/// end.
///
/// A weight is `d * scale * (q - 32)`.
final class Q6_KWeights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.Q6_K;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    long end = offset + DataType.Q6_K.bytes(elements);
    for (long block = offset, at = yOffset; block < end; block += 210, at += 256 * Float.BYTES) {
      dequantiseBlock(w, block, y, at);
    }
  }

  private static void dequantiseBlock(MemorySegment w, long block, MemorySegment y, long at) {
    float d = Lanes.half(w, block + 208);
    for (int group = 0; group < 16; group++) {
      float scale = d * w.get(Lanes.BYTE, block + 192 + group);
      int half = group >> 3;
      int quarter = group >> 1 & 3;
      // Quarters 0 and 1 of a half are the low nibbles of 64 bytes, quarters 2 and 3 the high ones.
      long lows = block + half * 64 + (quarter & 1) * 32 + (group & 1) * 16;
      long highs = block + 128 + half * 32 + (group & 1) * 16;
      int lowShift = (quarter >> 1) * 4;
      int highShift = quarter * 2;
      for (int i = 0; i < 16; i += Lanes.COUNT) {
        IntVector low = Lanes.unsignedBytes(w, lows + i).lanewise(LSHR, lowShift).and(15);
        IntVector high = Lanes.unsignedBytes(w, highs + i).lanewise(LSHR, highShift).and(3);
        Lanes.floats(low.or(high.lanewise(LSHL, 4)).sub(32))
            .mul(scale)
            .intoMemorySegment(y, at + (group * 16L + i) * Float.BYTES, Lanes.ORDER);
      }
    }
  }
}
