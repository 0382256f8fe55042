package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 32: F16 `d` and `m` and 16 bytes of nibbles; a weight is `d * q + m`.
final class Q4_1Weights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.Q4_1;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    long end = offset + DataType.Q4_1.bytes(elements);
    for (long block = offset, at = yOffset; block < end; block += 20, at += 32 * Float.BYTES) {
      dequantiseBlock(w, block, y, at);
    }
  }

  private static void dequantiseBlock(MemorySegment w, long block, MemorySegment y, long at) {
    float d = Lanes.half(w, block);
    float m = Lanes.half(w, block + 2);
    for (int i = 0; i < 16; i += Lanes.COUNT) {
      IntVector q = Lanes.unsignedBytes(w, block + 4 + i);
      long to = at + (long) i * Float.BYTES;
      Lanes.floats(q.and(15)).mul(d).add(m).intoMemorySegment(y, to, Lanes.ORDER);
      Lanes.floats(q.lanewise(LSHR, 4)).mul(d).add(m).intoMemorySegment(y, to + 64, Lanes.ORDER);
    }
  }
}
