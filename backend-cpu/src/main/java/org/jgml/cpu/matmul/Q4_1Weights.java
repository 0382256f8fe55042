package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.FOUR_INTS;
import static org.jgml.cpu.matmul.Lanes.INTS;
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

/// Blocks of 32: F16 `d` and `m` and 16 bytes of nibbles; a weight is `d * q + m`.
final class Q4_1Weights implements PackedFormat {
  @Override
  public DataType type() {
    return DataType.Q4_1;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int i = 0; i < elements / 32; i++) {
      long block = offset + i * 20L;
      long to = yOffset + i * 128L;
      float d = Float.float16ToFloat(w.get(SHORT, block));
      float m = Float.float16ToFloat(w.get(SHORT, block + 2));
      for (int j = 0; j < 16; j += COUNT) {
        IntVector q =
            (IntVector)
                ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 4 + j, ORDER)
                    .convertShape(ZERO_EXTEND_B2I, INTS, 0);
        ((FloatVector) q.and(15).convert(I2F, 0))
            .mul(d)
            .add(m)
            .intoMemorySegment(y, to + 4 * j, ORDER);
        ((FloatVector) q.lanewise(LSHR, 4).convert(I2F, 0))
            .mul(d)
            .add(m)
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
      long block = offset + i * 20L;
      long quants = i * 32L;
      IntVector q = IntVector.fromMemorySegment(FOUR_INTS, w, block + 4, ORDER);
      q.and(0x0f0f0f0f).intoMemorySegment(row, quants, ORDER);
      q.lanewise(LSHR, 4).and(0x0f0f0f0f).intoMemorySegment(row, quants + 16, ORDER);
      row.set(FLOAT, SCALES + 4L * i, Float.float16ToFloat(w.get(SHORT, block)));
      row.set(FLOAT, MINIMA + 4L * i, -Float.float16ToFloat(w.get(SHORT, block + 2)));
    }
  }
}
