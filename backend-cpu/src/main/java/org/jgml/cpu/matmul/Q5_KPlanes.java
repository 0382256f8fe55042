package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static org.jgml.cpu.matmul.LanePlanes.BLOCK_BYTES;
import static org.jgml.cpu.matmul.LanePlanes.GROUP_SUMS;
import static org.jgml.cpu.matmul.LanePlanes.SECTION_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Lanes.SHORT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Rows of Q5_K times one token in [LanePlanes].
///
/// A field of bits at the top of a mantissa under the exponent of its range *is* the float `base +
/// quant`: shift, mask and merge, no conversion. The sums of the activations take `base` away
/// again.
final class Q5_KPlanes {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
  private static final VectorShuffle<Float> GROUPS_0_2 = Planes.halves(0, 2);
  private static final VectorShuffle<Float> GROUPS_1_3 = Planes.halves(1, 3);
  private static final VectorShuffle<Float> GROUPS_4_6 = Planes.halves(4, 6);
  private static final VectorShuffle<Float> GROUPS_5_7 = Planes.halves(5, 7);

  private Q5_KPlanes() {}

  /// See [PlanarFormat#multiplyPlanes].
  static void multiply(
      MemorySegment w,
      long offset,
      long rowBytes,
      int rows,
      int k,
      MemorySegment x,
      MemorySegment sums) {
    IntVector nibble = IntVector.broadcast(INTS, 0x0f0f0f0f);
    IntVector fifth = IntVector.broadcast(INTS, 0x10101010);
    IntVector field = IntVector.broadcast(INTS, 0x007c0000);
    IntVector base = IntVector.broadcast(INTS, 0x42000000);
    for (int row = 0; row < rows; row++) {
      FloatVector y = FloatVector.zero(FLOATS);
      for (int block = 0; block < k / 256; block++) {
        long at = offset + row * rowBytes + block * 176L;
        long xAt = block * BLOCK_BYTES;
        long scaleBytes = SixBitScales.scales(w, at + 4);
        long minimumBytes = SixBitScales.minima(w, at + 4);
        FloatVector scales =
            (FloatVector)
                LongVector.broadcast(LongVector.SPECIES_128, scaleBytes)
                    .withLane(1, minimumBytes)
                    .reinterpretAsBytes()
                    .convertShape(B2F, FLOATS, 0);
        float d = Float.float16ToFloat(w.get(SHORT, at));
        float dmin = Float.float16ToFloat(w.get(SHORT, at + 2));
        scales = scales.mul(FloatVector.broadcast(FLOATS, d).blend(dmin, Planes.UPPER));
        y = scales.fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + GROUP_SUMS, ORDER), y);
        IntVector fifths =
            IntVector.fromMemorySegment(INTS, w, at + 16, ORDER)
                .rearrange(Planes.LOWER_TWICE)
                .lanewise(LSHR, Planes.UPPER_SHIFT);
        FloatVector t;
        IntVector bytes0 = IntVector.fromMemorySegment(INTS, w, at + 48, ORDER);
        IntVector low0 = bytes0.and(nibble).or(fifths.lanewise(LSHL, 4).and(fifth));
        t = FloatVector.fromMemorySegment(FLOATS, x, xAt, ORDER).mul(-32);
        t =
            low0.lanewise(LSHL, 18)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 64, ORDER), t);
        t =
            low0.lanewise(LSHL, 10)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 128, ORDER), t);
        t =
            low0.lanewise(LSHL, 2)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 192, ORDER), t);
        t =
            low0.lanewise(LSHR, 6)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 256, ORDER), t);
        y = t.fma(scales.rearrange(GROUPS_0_2), y);
        IntVector high0 =
            bytes0.lanewise(LSHR, 4).and(nibble).or(fifths.lanewise(LSHL, 3).and(fifth));
        t = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES, ORDER).mul(-32);
        t =
            high0
                .lanewise(LSHL, 18)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 64, ORDER), t);
        t =
            high0
                .lanewise(LSHL, 10)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 128, ORDER), t);
        t =
            high0
                .lanewise(LSHL, 2)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 192, ORDER), t);
        t =
            high0
                .lanewise(LSHR, 6)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 256, ORDER), t);
        y = t.fma(scales.rearrange(GROUPS_1_3), y);
        IntVector bytes1 = IntVector.fromMemorySegment(INTS, w, at + 112, ORDER);
        IntVector low1 = bytes1.and(nibble).or(fifths.and(fifth));
        t = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES, ORDER).mul(-32);
        t =
            low1.lanewise(LSHL, 18)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 64, ORDER),
                    t);
        t =
            low1.lanewise(LSHL, 10)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 128, ORDER),
                    t);
        t =
            low1.lanewise(LSHL, 2)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 192, ORDER),
                    t);
        t =
            low1.lanewise(LSHR, 6)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 256, ORDER),
                    t);
        y = t.fma(scales.rearrange(GROUPS_4_6), y);
        IntVector high1 =
            bytes1.lanewise(LSHR, 4).and(nibble).or(fifths.lanewise(LSHR, 1).and(fifth));
        t = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES, ORDER).mul(-32);
        t =
            high1
                .lanewise(LSHL, 18)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 64, ORDER),
                    t);
        t =
            high1
                .lanewise(LSHL, 10)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 128, ORDER),
                    t);
        t =
            high1
                .lanewise(LSHL, 2)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 192, ORDER),
                    t);
        t =
            high1
                .lanewise(LSHR, 6)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 256, ORDER),
                    t);
        y = t.fma(scales.rearrange(GROUPS_5_7), y);
      }
      y.intoMemorySegment(sums, LaneSums.offset(row), ORDER);
    }
  }
}
