package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 32: an F16 scale `d` and 16 bytes of nibbles; a weight is `d * (q - 8)`.
///
/// Low nibbles are elements 0 to 15, high nibbles 16 to 31.
final class Q4_0Weights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.Q4_0;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    long end = offset + DataType.Q4_0.bytes(elements);
    for (long block = offset, at = yOffset; block < end; block += 18, at += 32 * Float.BYTES) {
      dequantiseBlock(w, block, y, at);
    }
  }

  private static void dequantiseBlock(MemorySegment w, long block, MemorySegment y, long at) {
    float d = Lanes.half(w, block);
    for (int i = 0; i < 16; i += Lanes.COUNT) {
      IntVector q = Lanes.unsignedBytes(w, block + 2 + i);
      long to = at + (long) i * Float.BYTES;
      Lanes.floats(q.and(15).sub(8)).mul(d).intoMemorySegment(y, to, Lanes.ORDER);
      Lanes.floats(q.lanewise(LSHR, 4).sub(8)).mul(d).intoMemorySegment(y, to + 64, Lanes.ORDER);
    }
  }
}
