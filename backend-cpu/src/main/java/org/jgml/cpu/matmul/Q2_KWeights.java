package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static org.jgml.cpu.matmul.GroupFactors.LANE_0;
import static org.jgml.cpu.matmul.GroupFactors.LANE_2;
import static org.jgml.cpu.matmul.GroupFactors.LANE_4;
import static org.jgml.cpu.matmul.GroupFactors.LANE_6;
import static org.jgml.cpu.matmul.GroupFactors.NEXT;
import static org.jgml.cpu.matmul.GroupFactors.TWO_LONGS;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.EIGHT_INTS;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
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
  private static final IntVector PAIR = IntVector.broadcast(INTS, 3);
  private static final long NIBBLES = 0x0f0f0f0f0f0f0f0fL;

  @Override
  public DataType type() {
    return DataType.Q2_K;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int half = 0; half < elements / 128; half++) {
      long block = offset + half / 2 * 84L;
      long pairs = block + 16 + half % 2 * 32L;
      long to = yOffset + half * 512L;
      long factors = w.get(LONG, block + half % 2 * 8L);
      FloatVector scales =
          ((FloatVector)
                  LongVector.broadcast(TWO_LONGS, factors & NIBBLES)
                      .reinterpretAsBytes()
                      .convertShape(B2F, FLOATS, 0))
              .mul(Float.float16ToFloat(w.get(SHORT, block + 80)));
      FloatVector minima =
          ((FloatVector)
                  LongVector.broadcast(TWO_LONGS, factors >>> 4 & NIBBLES)
                      .reinterpretAsBytes()
                      .convertShape(B2F, FLOATS, 0))
              .mul(-Float.float16ToFloat(w.get(SHORT, block + 82)));
      for (int j = 0; j < 32; j += COUNT) {
        IntVector q =
            (IntVector)
                ByteVector.fromMemorySegment(NARROW_BYTES, w, pairs + j, ORDER)
                    .convertShape(ZERO_EXTEND_B2I, INTS, 0);
        ((FloatVector) q.and(PAIR).convert(I2F, 0))
            .fma(scales.rearrange(LANE_0), minima.rearrange(LANE_0))
            .intoMemorySegment(y, to + 4 * j, ORDER);
        ((FloatVector) q.lanewise(LSHR, 2).and(PAIR).convert(I2F, 0))
            .fma(scales.rearrange(LANE_2), minima.rearrange(LANE_2))
            .intoMemorySegment(y, to + 128 + 4 * j, ORDER);
        ((FloatVector) q.lanewise(LSHR, 4).and(PAIR).convert(I2F, 0))
            .fma(scales.rearrange(LANE_4), minima.rearrange(LANE_4))
            .intoMemorySegment(y, to + 256 + 4 * j, ORDER);
        ((FloatVector) q.lanewise(LSHR, 6).convert(I2F, 0))
            .fma(scales.rearrange(LANE_6), minima.rearrange(LANE_6))
            .intoMemorySegment(y, to + 384 + 4 * j, ORDER);
        if (j == 16 - COUNT) {
          scales = scales.rearrange(NEXT);
          minima = minima.rearrange(NEXT);
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
      long first = w.get(LONG, block);
      long last = w.get(LONG, block + 8);
      GroupFactors.store(first & NIBBLES, d, last & NIBBLES, d, row, SCALES + 64L * i);
      GroupFactors.store(
          first >>> 4 & NIBBLES, dmin, last >>> 4 & NIBBLES, dmin, row, MINIMA + 64L * i);
    }
  }
}
