package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 32: F16 `d`, 32 fifth bits, 16 bytes of nibbles; a weight is `d * (q - 16)`.
final class Q5_0Weights implements WeightFormat {
  @Override
  public DataType type() {
    return DataType.Q5_0;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    long end = offset + DataType.Q5_0.bytes(elements);
    for (long block = offset, at = yOffset; block < end; block += 22, at += 32 * Float.BYTES) {
      dequantiseBlock(w, block, y, at);
    }
  }

  private static void dequantiseBlock(MemorySegment w, long block, MemorySegment y, long at) {
    float d = Lanes.half(w, block);
    IntVector high = IntVector.broadcast(Lanes.INTS, w.get(Lanes.INT, block + 2));
    for (int i = 0; i < 16; i += Lanes.COUNT) {
      IntVector q = Lanes.unsignedBytes(w, block + 6 + i);
      IntVector bits = high.lanewise(LSHR, Lanes.INDEX.add(i));
      long to = at + (long) i * Float.BYTES;
      IntVector low = q.and(15).or(bits.and(1).lanewise(LSHL, 4)).sub(16);
      Lanes.floats(low).mul(d).intoMemorySegment(y, to, Lanes.ORDER);
      IntVector upper = q.lanewise(LSHR, 4).or(bits.lanewise(LSHR, 12).and(16)).sub(16);
      Lanes.floats(upper).mul(d).intoMemorySegment(y, to + 64, Lanes.ORDER);
    }
  }
}
