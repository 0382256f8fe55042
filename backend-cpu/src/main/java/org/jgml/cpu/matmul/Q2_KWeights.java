package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static org.jgml.cpu.matmul.Lanes.BYTE;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.EIGHT_FLOATS;
import static org.jgml.cpu.matmul.Lanes.EIGHT_INTS;
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
import jdk.incubator.vector.LongVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 256 in 16 groups of 16: scale and minimum nibbles, 2-bit weights, F16 `d` and `dmin`.
///
/// A weight is `d * scale * q - dmin * minimum`. Each half has 32 bytes: one run of 32 weights for
/// each pair of bits.
final class Q2_KWeights implements PackedFormat {
  @Override
  public DataType type() {
    return DataType.Q2_K;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int i = 0; i < elements / 256; i++) {
      long block = offset + i * 84L;
      long to = yOffset + i * 1024L;
      float d = Float.float16ToFloat(w.get(SHORT, block + 80));
      float dmin = Float.float16ToFloat(w.get(SHORT, block + 82));
      for (int half = 0; half < 2; half++) {
        for (int j = 0; j < 32; j += COUNT) {
          IntVector q =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 16 + 32 * half + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          for (int p = 0; p < 4; p++) {
            int group = 8 * half + 2 * p + j / 16;
            float scale = d * (w.get(BYTE, block + group) & 15);
            float minimum = dmin * (w.get(BYTE, block + group) >> 4 & 15);
            ((FloatVector) q.lanewise(LSHR, 2 * p).and(3).convert(I2F, 0))
                .mul(scale)
                .sub(minimum)
                .intoMemorySegment(y, to + 512 * half + 128 * p + 4 * j, ORDER);
          }
        }
      }
    }
  }

  @Override
  public int groupElements() {
    return 16;
  }

  @Override
  public boolean hasMinima() {
    return true;
  }

  @Override
  public void unpack(MemorySegment w, long offset, int elements, MemorySegment row) {
    IntVector pair = IntVector.broadcast(EIGHT_INTS, 0x03030303);
    for (int i = 0; i < elements / 256; i++) {
      long block = offset + i * 84L;
      long quants = i * 256L;
      IntVector q0 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 16, ORDER);
      q0.and(pair).intoMemorySegment(row, quants, ORDER);
      q0.lanewise(LSHR, 2).and(pair).intoMemorySegment(row, quants + 32, ORDER);
      q0.lanewise(LSHR, 4).and(pair).intoMemorySegment(row, quants + 64, ORDER);
      q0.lanewise(LSHR, 6).and(pair).intoMemorySegment(row, quants + 96, ORDER);
      IntVector q1 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 48, ORDER);
      q1.and(pair).intoMemorySegment(row, quants + 128, ORDER);
      q1.lanewise(LSHR, 2).and(pair).intoMemorySegment(row, quants + 160, ORDER);
      q1.lanewise(LSHR, 4).and(pair).intoMemorySegment(row, quants + 192, ORDER);
      q1.lanewise(LSHR, 6).and(pair).intoMemorySegment(row, quants + 224, ORDER);
      float d = Float.float16ToFloat(w.get(SHORT, block + 80));
      float dmin = Float.float16ToFloat(w.get(SHORT, block + 82));
      long packed0 = w.get(LONG, block);
      FloatVector scales0 =
          (FloatVector)
              LongVector.broadcast(LongVector.SPECIES_128, packed0 & 0x0f0f0f0f0f0f0f0fL)
                  .reinterpretAsBytes()
                  .convertShape(B2F, EIGHT_FLOATS, 0);
      scales0.mul(d).intoMemorySegment(row, SCALES + 64L * i, ORDER);
      FloatVector minima0 =
          (FloatVector)
              LongVector.broadcast(LongVector.SPECIES_128, packed0 >>> 4 & 0x0f0f0f0f0f0f0f0fL)
                  .reinterpretAsBytes()
                  .convertShape(B2F, EIGHT_FLOATS, 0);
      minima0.mul(dmin).intoMemorySegment(row, MINIMA + 64L * i, ORDER);
      long packed1 = w.get(LONG, block + 8);
      FloatVector scales1 =
          (FloatVector)
              LongVector.broadcast(LongVector.SPECIES_128, packed1 & 0x0f0f0f0f0f0f0f0fL)
                  .reinterpretAsBytes()
                  .convertShape(B2F, EIGHT_FLOATS, 0);
      scales1.mul(d).intoMemorySegment(row, SCALES + 64L * i + 32, ORDER);
      FloatVector minima1 =
          (FloatVector)
              LongVector.broadcast(LongVector.SPECIES_128, packed1 >>> 4 & 0x0f0f0f0f0f0f0f0fL)
                  .reinterpretAsBytes()
                  .convertShape(B2F, EIGHT_FLOATS, 0);
      minima1.mul(dmin).intoMemorySegment(row, MINIMA + 64L * i + 32, ORDER);
    }
  }
}
