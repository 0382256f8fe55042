package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.FOUR_INTS;
import static org.jgml.cpu.matmul.Lanes.INT;
import static org.jgml.cpu.matmul.Lanes.INTS;
import static org.jgml.cpu.matmul.Lanes.NARROW_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Lanes.SHORT;
import static org.jgml.cpu.matmul.Lanes.THIRTY_TWO_BYTES;
import static org.jgml.cpu.matmul.UnpackedRow.SCALES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import org.jgml.core.tensor.DataType;

/// Blocks of 32: F16 `d`, 32 fifth bits, 16 bytes of nibbles; a weight is `d * (q - 16)`.
final class Q5_0Weights implements PackedFormat {
  @Override
  public DataType type() {
    return DataType.Q5_0;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int i = 0; i < elements / 32; i++) {
      MemorySegment block = w.asSlice(offset + i * 22L, 22);
      MemorySegment to = y.asSlice(yOffset + i * 128L, 128);
      float d = Float.float16ToFloat(block.get(SHORT, 0));
      IntVector high = IntVector.broadcast(INTS, block.get(INT, 2));
      for (int j = 0; j < 16; j += COUNT) {
        IntVector q =
            (IntVector)
                ByteVector.fromMemorySegment(NARROW_BYTES, block, 6 + j, ORDER)
                    .convertShape(ZERO_EXTEND_B2I, INTS, 0);
        IntVector bits = high.lanewise(LSHR, Lanes.INDEX.add(j));
        ((FloatVector) q.and(15).or(bits.lanewise(LSHL, 4).and(16)).sub(16).convert(I2F, 0))
            .mul(d)
            .intoMemorySegment(to, 4 * j, ORDER);
        ((FloatVector)
                q.lanewise(LSHR, 4).or(bits.lanewise(LSHR, 12).and(16)).sub(16).convert(I2F, 0))
            .mul(d)
            .intoMemorySegment(to, 64 + 4 * j, ORDER);
      }
    }
  }

  @Override
  public int groupElements() {
    return 32;
  }

  @Override
  public void unpack(MemorySegment w, long offset, int elements, MemorySegment row) {
    for (int i = 0; i < elements / 32; i++) {
      MemorySegment block = w.asSlice(offset + i * 22L, 22);
      MemorySegment quants = row.asSlice(i * 32L, 32);
      IntVector q = IntVector.fromMemorySegment(FOUR_INTS, block, 6, ORDER);
      q.and(0x0f0f0f0f).intoMemorySegment(quants, 0, ORDER);
      q.lanewise(LSHR, 4).and(0x0f0f0f0f).intoMemorySegment(quants, 16, ORDER);
      ByteVector nibbles = ByteVector.fromMemorySegment(THIRTY_TWO_BYTES, quants, 0, ORDER);
      VectorMask<Byte> fifths =
          VectorMask.fromLong(THIRTY_TWO_BYTES, block.get(INT, 2) & 0xffffffffL);
      nibbles.sub((byte) 16, fifths.not()).intoMemorySegment(quants, 0, ORDER);
      row.set(FLOAT, SCALES + 4L * i, Float.float16ToFloat(block.get(SHORT, 0)));
    }
  }
}
