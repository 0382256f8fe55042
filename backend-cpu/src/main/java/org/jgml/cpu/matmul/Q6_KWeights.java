package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
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

/// Blocks of 256 in 16 groups of 16: low nibbles, 2-bit tops, signed byte scales, F16 `d` last.
///
/// A weight is `d * scale * (q - 32)`. Quarters 0 and 1 of each half are the low nibbles of 64
/// bytes, quarters 2 and 3 the high ones; the tops of all four share 32 bytes.
final class Q6_KWeights implements PackedFormat, PlanarFormat {
  private static final IntVector NIBBLE = IntVector.broadcast(INTS, 15);
  private static final IntVector TOP = IntVector.broadcast(INTS, 0x30);

  /// Under this exponent a quant is a float that is too large by [#EXCESS].
  private static final IntVector EXPONENT =
      IntVector.broadcast(INTS, Float.floatToRawIntBits(0x1p23f));

  private static final FloatVector EXCESS = FloatVector.broadcast(FLOATS, 0x1p23f + 32);

  @Override
  public DataType type() {
    return DataType.Q6_K;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    dequantisePair(w, offset, offset, elements, y, yOffset, yOffset);
  }

  @Override
  public void dequantisePair(
      MemorySegment w, long atA, long atB, int elements, MemorySegment y, long yAtA, long yAtB) {
    for (int half = 0; half < elements / 128; half++) {
      for (int row = 0; row < 2; row++) {
        long block = (row == 0 ? atA : atB) + half / 2 * 210L;
        long to = (row == 0 ? yAtA : yAtB) + half * 512L;
        long quants = block + half % 2 * 64L;
        long tops = block + 128 + half % 2 * 32L;
        FloatVector scales =
            ((FloatVector)
                    LongVector.broadcast(TWO_LONGS, w.get(LONG, block + 192 + half % 2 * 8L))
                        .reinterpretAsBytes()
                        .convertShape(B2F, FLOATS, 0))
                .mul(Float.float16ToFloat(w.get(SHORT, block + 208)));
        for (int j = 0; j < 32; j += COUNT) {
          IntVector q0 =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, quants + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          IntVector q1 =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, quants + 32 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          IntVector top =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, tops + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          q0.and(NIBBLE)
              .or(top.lanewise(LSHL, 4).and(TOP))
              .or(EXPONENT)
              .reinterpretAsFloats()
              .sub(EXCESS)
              .mul(scales.rearrange(LANE_0))
              .intoMemorySegment(y, to + 4 * j, ORDER);
          q1.and(NIBBLE)
              .or(top.lanewise(LSHL, 2).and(TOP))
              .or(EXPONENT)
              .reinterpretAsFloats()
              .sub(EXCESS)
              .mul(scales.rearrange(LANE_2))
              .intoMemorySegment(y, to + 128 + 4 * j, ORDER);
          q0.lanewise(LSHR, 4)
              .or(top.and(TOP))
              .or(EXPONENT)
              .reinterpretAsFloats()
              .sub(EXCESS)
              .mul(scales.rearrange(LANE_4))
              .intoMemorySegment(y, to + 256 + 4 * j, ORDER);
          q1.lanewise(LSHR, 4)
              .or(top.lanewise(LSHR, 2).and(TOP))
              .or(EXPONENT)
              .reinterpretAsFloats()
              .sub(EXCESS)
              .mul(scales.rearrange(LANE_6))
              .intoMemorySegment(y, to + 384 + 4 * j, ORDER);
          if (j == 16 - COUNT) {
            scales = scales.rearrange(NEXT);
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
  public void unpack(MemorySegment w, long offset, int elements, MemorySegment row) {
    IntVector nibble = IntVector.broadcast(EIGHT_INTS, 0x0f0f0f0f);
    IntVector top = IntVector.broadcast(EIGHT_INTS, 0x30303030);
    for (int i = 0; i < elements / 256; i++) {
      long block = offset + i * 210L;
      long quants = i * 256L;
      IntVector q00 = IntVector.fromMemorySegment(EIGHT_INTS, w, block, ORDER);
      IntVector q01 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 32, ORDER);
      IntVector tops0 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 128, ORDER);
      q00.and(nibble)
          .or(tops0.lanewise(LSHL, 4).and(top))
          .reinterpretAsBytes()
          .sub((byte) 32)
          .intoMemorySegment(row, quants, ORDER);
      q01.and(nibble)
          .or(tops0.lanewise(LSHL, 2).and(top))
          .reinterpretAsBytes()
          .sub((byte) 32)
          .intoMemorySegment(row, quants + 32, ORDER);
      q00.lanewise(LSHR, 4)
          .and(nibble)
          .or(tops0.and(top))
          .reinterpretAsBytes()
          .sub((byte) 32)
          .intoMemorySegment(row, quants + 64, ORDER);
      q01.lanewise(LSHR, 4)
          .and(nibble)
          .or(tops0.lanewise(LSHR, 2).and(top))
          .reinterpretAsBytes()
          .sub((byte) 32)
          .intoMemorySegment(row, quants + 96, ORDER);
      IntVector q10 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 64, ORDER);
      IntVector q11 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 96, ORDER);
      IntVector tops1 = IntVector.fromMemorySegment(EIGHT_INTS, w, block + 160, ORDER);
      q10.and(nibble)
          .or(tops1.lanewise(LSHL, 4).and(top))
          .reinterpretAsBytes()
          .sub((byte) 32)
          .intoMemorySegment(row, quants + 128, ORDER);
      q11.and(nibble)
          .or(tops1.lanewise(LSHL, 2).and(top))
          .reinterpretAsBytes()
          .sub((byte) 32)
          .intoMemorySegment(row, quants + 160, ORDER);
      q10.lanewise(LSHR, 4)
          .and(nibble)
          .or(tops1.and(top))
          .reinterpretAsBytes()
          .sub((byte) 32)
          .intoMemorySegment(row, quants + 192, ORDER);
      q11.lanewise(LSHR, 4)
          .and(nibble)
          .or(tops1.lanewise(LSHR, 2).and(top))
          .reinterpretAsBytes()
          .sub((byte) 32)
          .intoMemorySegment(row, quants + 224, ORDER);
      float d = Float.float16ToFloat(w.get(SHORT, block + 208));
      GroupFactors.store(
          w.get(LONG, block + 192), d, w.get(LONG, block + 200), d, row, SCALES + 64L * i);
    }
  }

  @Override
  public ActivationOrder order() {
    return COUNT == 16 ? LanePlanes.Order.HALVES : NarrowPlanes.SIXTEENS;
  }

  @Override
  public void multiplyPlanes(
      MemorySegment w,
      long offset,
      long rowBytes,
      int rows,
      int k,
      MemorySegment x,
      MemorySegment sums) {
    if (COUNT == 16) {
      Q6_KPlanes.multiply(w, offset, rowBytes, rows, k, x, sums);
    } else {
      Q6_KNarrowPlanes.multiply(w, offset, rowBytes, rows, k, x, sums);
    }
  }
}
