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

/// Blocks of 32: F16 `d` and `m`, 32 fifth bits, 16 bytes of nibbles; a weight is `d * q + m`.
final class Q5_1Weights implements PackedFormat {
  private static final long NIBBLES = 0x0f0f0f0f0f0f0f0fL;
  private static final long FIFTHS = 0x1010101010101010L;

  @Override
  public DataType type() {
    return DataType.Q5_1;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int i = 0; i < elements / 32; i++) {
      MemorySegment block = w.asSlice(offset + i * 24L, 24);
      MemorySegment to = y.asSlice(yOffset + i * 128L, 128);
      float d = Float.float16ToFloat(block.get(SHORT, 0));
      float m = Float.float16ToFloat(block.get(SHORT, 2));
      IntVector high = IntVector.broadcast(INTS, block.get(INT, 4));
      for (int j = 0; j < 16; j += COUNT) {
        IntVector q =
            (IntVector)
                ByteVector.fromMemorySegment(NARROW_BYTES, block, 8 + j, ORDER)
                    .convertShape(ZERO_EXTEND_B2I, INTS, 0);
        IntVector bits = high.lanewise(LSHR, Lanes.INDEX.add(j));
        ((FloatVector) q.and(15).or(bits.lanewise(LSHL, 4).and(16)).convert(I2F, 0))
            .mul(d)
            .add(m)
            .intoMemorySegment(to, 4 * j, ORDER);
        ((FloatVector) q.lanewise(LSHR, 4).or(bits.lanewise(LSHR, 12).and(16)).convert(I2F, 0))
            .mul(d)
            .add(m)
            .intoMemorySegment(to, 64 + 4 * j, ORDER);
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
      MemorySegment block = w.asSlice(offset + i * 24L, 24);
      MemorySegment quants = row.asSlice(i * 32L, 32);
      int fifths = block.get(INT, 4);
      long first = block.get(LONG, 8);
      long second = block.get(LONG, 16);
      quants.set(LONG, 0, first & NIBBLES | Long.expand(fifths, FIFTHS));
      quants.set(LONG, 8, second & NIBBLES | Long.expand(fifths >>> 8, FIFTHS));
      quants.set(LONG, 16, first >>> 4 & NIBBLES | Long.expand(fifths >>> 16, FIFTHS));
      quants.set(LONG, 24, second >>> 4 & NIBBLES | Long.expand(fifths >>> 24, FIFTHS));
      float d = Float.float16ToFloat(block.get(SHORT, 0));
      row.set(FLOAT, SCALES + 4L * i, d);
      row.set(FLOAT, MINIMA + 4L * i, -Float.float16ToFloat(block.get(SHORT, 2)));
    }
  }
}
