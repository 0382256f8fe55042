package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.INT;
import static org.jgml.cpu.matmul.Lanes.INTS;
import static org.jgml.cpu.matmul.Lanes.LONG;
import static org.jgml.cpu.matmul.Lanes.NARROW_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Lanes.SHORT;
import static org.jgml.cpu.matmul.UnpackedRow.MINIMA;
import static org.jgml.cpu.matmul.UnpackedRow.SCALES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 32: F16 `d`, 32 fifth bits, 16 bytes of nibbles; a weight is `d * (q - 16)`.
final class Q5_0Weights implements PackedFormat {
  private static final long NIBBLES = 0x0f0f0f0f0f0f0f0fL;
  private static final long FIFTHS = 0x1010101010101010L;

  @Override
  public DataType type() {
    return DataType.Q5_0;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int i = 0; i < elements / 32; i++) {
      long block = offset + i * 22L;
      long to = yOffset + i * 128L;
      float d = Float.float16ToFloat(w.get(SHORT, block));
      IntVector high = IntVector.broadcast(INTS, w.get(INT, block + 2));
      for (int j = 0; j < 16; j += COUNT) {
        IntVector q =
            (IntVector)
                ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 6 + j, ORDER)
                    .convertShape(ZERO_EXTEND_B2I, INTS, 0);
        IntVector bits = high.lanewise(LSHR, Lanes.INDEX.add(j));
        ((FloatVector) q.and(15).or(bits.lanewise(LSHL, 4).and(16)).sub(16).convert(I2F, 0))
            .mul(d)
            .intoMemorySegment(y, to + 4 * j, ORDER);
        ((FloatVector)
                q.lanewise(LSHR, 4).or(bits.lanewise(LSHR, 12).and(16)).sub(16).convert(I2F, 0))
            .mul(d)
            .intoMemorySegment(y, to + 64 + 4 * j, ORDER);
      }
    }
  }

  @Override
  public int groupElements() {
    return 32;
  }

  @Override
  public boolean hasMinima() {
    return true;
  }

  @Override
  public void unpack(MemorySegment w, long offset, int elements, MemorySegment row) {
    for (int i = 0; i < elements / 32; i++) {
      long block = offset + i * 22L;
      long quants = i * 32L;
      int fifths = w.get(INT, block + 2);
      long first = w.get(LONG, block + 6);
      long second = w.get(LONG, block + 14);
      row.set(LONG, quants, first & NIBBLES | Long.expand(fifths, FIFTHS));
      row.set(LONG, quants + 8, second & NIBBLES | Long.expand(fifths >>> 8, FIFTHS));
      row.set(LONG, quants + 16, first >>> 4 & NIBBLES | Long.expand(fifths >>> 16, FIFTHS));
      row.set(LONG, quants + 24, second >>> 4 & NIBBLES | Long.expand(fifths >>> 24, FIFTHS));
      float d = Float.float16ToFloat(w.get(SHORT, block));
      row.set(FLOAT, SCALES + 4L * i, d);
      row.set(FLOAT, MINIMA + 4L * i, 16 * d);
    }
  }
}
