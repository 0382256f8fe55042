package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
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
  @Override
  public DataType type() {
    return DataType.Q6_K;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int i = 0; i < elements / 256; i++) {
      long block = offset + i * 210L;
      long to = yOffset + i * 1024L;
      float d = Float.float16ToFloat(w.get(SHORT, block + 208));
      for (int half = 0; half < 2; half++) {
        for (int j = 0; j < 32; j += COUNT) {
          IntVector q0 =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 64 * half + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          IntVector q1 =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 64 * half + 32 + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          IntVector h =
              (IntVector)
                  ByteVector.fromMemorySegment(NARROW_BYTES, w, block + 128 + 32 * half + j, ORDER)
                      .convertShape(ZERO_EXTEND_B2I, INTS, 0);
          int scales = 192 + 8 * half + j / 16;
          ((FloatVector) q0.and(15).or(h.lanewise(LSHL, 4).and(0x30)).sub(32).convert(I2F, 0))
              .mul(d * w.get(BYTE, block + scales))
              .intoMemorySegment(y, to + 512 * half + 4 * j, ORDER);
          ((FloatVector) q1.and(15).or(h.lanewise(LSHL, 2).and(0x30)).sub(32).convert(I2F, 0))
              .mul(d * w.get(BYTE, block + scales + 2))
              .intoMemorySegment(y, to + 512 * half + 128 + 4 * j, ORDER);
          ((FloatVector) q0.lanewise(LSHR, 4).or(h.and(0x30)).sub(32).convert(I2F, 0))
              .mul(d * w.get(BYTE, block + scales + 4))
              .intoMemorySegment(y, to + 512 * half + 256 + 4 * j, ORDER);
          ((FloatVector)
                  q1.lanewise(LSHR, 4).or(h.lanewise(LSHR, 2).and(0x30)).sub(32).convert(I2F, 0))
              .mul(d * w.get(BYTE, block + scales + 6))
              .intoMemorySegment(y, to + 512 * half + 384 + 4 * j, ORDER);
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
      FloatVector scales0 =
          (FloatVector)
              LongVector.broadcast(LongVector.SPECIES_128, w.get(LONG, block + 192))
                  .reinterpretAsBytes()
                  .convertShape(B2F, EIGHT_FLOATS, 0);
      scales0.mul(d).intoMemorySegment(row, SCALES + 64L * i, ORDER);
      FloatVector scales1 =
          (FloatVector)
              LongVector.broadcast(LongVector.SPECIES_128, w.get(LONG, block + 200))
                  .reinterpretAsBytes()
                  .convertShape(B2F, EIGHT_FLOATS, 0);
      scales1.mul(d).intoMemorySegment(row, SCALES + 64L * i + 32, ORDER);
    }
  }

  @Override
  public LanePlanes.Order order() {
    return LanePlanes.Order.HALVES;
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
    Q6_KPlanes.multiply(w, offset, rowBytes, rows, k, x, sums);
  }
}
