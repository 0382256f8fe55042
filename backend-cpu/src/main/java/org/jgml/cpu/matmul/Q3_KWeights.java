package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
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
import static org.jgml.cpu.matmul.Lanes.INT;
import static org.jgml.cpu.matmul.Lanes.INTS;
import static org.jgml.cpu.matmul.Lanes.LONG;
import static org.jgml.cpu.matmul.Lanes.NARROW_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Lanes.SHORT;
import static org.jgml.cpu.matmul.UnpackedRow.SCALES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import org.jgml.core.tensor.DataType;

/// Blocks of 256 in 16 groups of 16: high bits, 2-bit weights, packed 6-bit scales, F16 `d`.
///
/// A weight is `d * (scale - 32) * (q - 4)`; the runs are those of Q2_K, and bit `r` of the 32 high
/// bytes belongs to run `r`.
final class Q3_KWeights implements PackedFormat {
  private static final IntVector PAIR = IntVector.broadcast(INTS, 3);
  private static final IntVector HIGH = IntVector.broadcast(INTS, 4);
  private static final IntVector OFFSET = IntVector.broadcast(INTS, 4);

  // With the sign set a byte borrows nothing from the next.
  private static final long SIGNS = 0x8080808080808080L;
  private static final long THIRTY_TWOS = 0x2020202020202020L;

  @Override
  public DataType type() {
    return DataType.Q3_K;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int half = 0; half < elements / 128; half++) {
      long block = offset + half / 2 * 110L;
      long pairs = block + 32 + half % 2 * 32L;
      long to = yOffset + half * 512L;
      FloatVector scales =
          ((FloatVector)
                  LongVector.broadcast(TWO_LONGS, scales(w, block, half % 2))
                      .reinterpretAsBytes()
                      .convertShape(B2F, FLOATS, 0))
              .mul(Float.float16ToFloat(w.get(SHORT, block + 108)));
      for (int j = 0; j < 32; j += COUNT) {
        IntVector q =
            (IntVector)
                ByteVector.fromMemorySegment(NARROW_BYTES, w, pairs + j, ORDER)
                    .convertShape(ZERO_EXTEND_B2I, INTS, 0);
        IntVector h =
            ((IntVector)
                    ByteVector.fromMemorySegment(NARROW_BYTES, w, block + j, ORDER)
                        .convertShape(ZERO_EXTEND_B2I, INTS, 0))
                .lanewise(LSHL, 2)
                .lanewise(LSHR, half % 2 * 4);
        ((FloatVector) q.and(PAIR).or(h.and(HIGH)).sub(OFFSET).convert(I2F, 0))
            .mul(scales.rearrange(LANE_0))
            .intoMemorySegment(y, to + 4 * j, ORDER);
        ((FloatVector)
                q.lanewise(LSHR, 2)
                    .and(PAIR)
                    .or(h.lanewise(LSHR, 1).and(HIGH))
                    .sub(OFFSET)
                    .convert(I2F, 0))
            .mul(scales.rearrange(LANE_2))
            .intoMemorySegment(y, to + 128 + 4 * j, ORDER);
        ((FloatVector)
                q.lanewise(LSHR, 4)
                    .and(PAIR)
                    .or(h.lanewise(LSHR, 2).and(HIGH))
                    .sub(OFFSET)
                    .convert(I2F, 0))
            .mul(scales.rearrange(LANE_4))
            .intoMemorySegment(y, to + 256 + 4 * j, ORDER);
        ((FloatVector)
                q.lanewise(LSHR, 6).or(h.lanewise(LSHR, 3).and(HIGH)).sub(OFFSET).convert(I2F, 0))
            .mul(scales.rearrange(LANE_6))
            .intoMemorySegment(y, to + 384 + 4 * j, ORDER);
        if (j == 16 - COUNT) {
          scales = scales.rearrange(NEXT);
        }
      }
    }
  }

  @Override
  public int groupElements() {
    return 16;
  }

  @Override
  public void unpack(MemorySegment w, long offset, int elements, MemorySegment row) {
    IntVector pair = IntVector.broadcast(EIGHT_INTS, 0x03030303);
    IntVector high = IntVector.broadcast(EIGHT_INTS, 0x04040404);
    for (int i = 0; i < elements / 256; i++) {
      long block = offset + i * 110L;
      long quants = i * 256L;
      IntVector highs = IntVector.fromMemorySegment(EIGHT_INTS, w, block, ORDER);
      IntVector q0 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 32, ORDER);
      q0.and(pair)
          .or(highs.lanewise(LSHL, 2).and(high))
          .reinterpretAsBytes()
          .sub((byte) 4)
          .intoMemorySegment(row, quants, ORDER);
      q0.lanewise(LSHR, 2)
          .and(pair)
          .or(highs.lanewise(LSHL, 1).and(high))
          .reinterpretAsBytes()
          .sub((byte) 4)
          .intoMemorySegment(row, quants + 32, ORDER);
      q0.lanewise(LSHR, 4)
          .and(pair)
          .or(highs.and(high))
          .reinterpretAsBytes()
          .sub((byte) 4)
          .intoMemorySegment(row, quants + 64, ORDER);
      q0.lanewise(LSHR, 6)
          .and(pair)
          .or(highs.lanewise(LSHR, 1).and(high))
          .reinterpretAsBytes()
          .sub((byte) 4)
          .intoMemorySegment(row, quants + 96, ORDER);
      IntVector q1 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 64, ORDER);
      q1.and(pair)
          .or(highs.lanewise(LSHR, 2).and(high))
          .reinterpretAsBytes()
          .sub((byte) 4)
          .intoMemorySegment(row, quants + 128, ORDER);
      q1.lanewise(LSHR, 2)
          .and(pair)
          .or(highs.lanewise(LSHR, 3).and(high))
          .reinterpretAsBytes()
          .sub((byte) 4)
          .intoMemorySegment(row, quants + 160, ORDER);
      q1.lanewise(LSHR, 4)
          .and(pair)
          .or(highs.lanewise(LSHR, 4).and(high))
          .reinterpretAsBytes()
          .sub((byte) 4)
          .intoMemorySegment(row, quants + 192, ORDER);
      q1.lanewise(LSHR, 6)
          .and(pair)
          .or(highs.lanewise(LSHR, 5).and(high))
          .reinterpretAsBytes()
          .sub((byte) 4)
          .intoMemorySegment(row, quants + 224, ORDER);
      float d = Float.float16ToFloat(w.get(SHORT, block + 108));
      GroupFactors.store(scales(w, block, 0), d, scales(w, block, 1), d, row, SCALES + 64L * i);
    }
  }

  /// The eight scales of half 0 or 1, one a signed byte: low nibbles in 8 bytes, tops in another 4.
  private static long scales(MemorySegment w, long block, int half) {
    long lows = w.get(LONG, block + 96) >>> 4 * half & 0x0f0f0f0f0f0f0f0fL;
    int packed = w.get(INT, block + 104) >>> 4 * half;
    long tops = (packed & 0x03030303L) | (packed >>> 2 & 0x03030303L) << 32;
    return ((lows | tops << 4 | SIGNS) - THIRTY_TWOS) ^ SIGNS;
  }
}
