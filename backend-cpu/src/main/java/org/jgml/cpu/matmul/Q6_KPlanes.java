package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static org.jgml.cpu.matmul.LanePlanes.BLOCK_BYTES;
import static org.jgml.cpu.matmul.LanePlanes.SECTION_BYTES;
import static org.jgml.cpu.matmul.Lanes.ORDER;
import static org.jgml.cpu.matmul.Lanes.SHORT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Rows of Q6_K times one token in [LanePlanes].
///
/// A field of bits at the top of a mantissa under the exponent of its range *is* the float `base +
/// quant`: shift, mask and merge, no conversion. The sums of the activations take `base` away
/// again.
final class Q6_KPlanes {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
  private static final VectorShuffle<Float> GROUPS_0_TO_3 = Planes.quarters(0);
  private static final VectorShuffle<Float> GROUPS_4_TO_7 = Planes.quarters(4);
  private static final VectorShuffle<Float> GROUPS_8_TO_11 = Planes.quarters(8);
  private static final VectorShuffle<Float> GROUPS_12_TO_15 = Planes.quarters(12);

  private Q6_KPlanes() {}

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
    IntVector top = IntVector.broadcast(INTS, 0x30303030);
    IntVector field = IntVector.broadcast(INTS, 0x007e0000);
    IntVector base = IntVector.broadcast(INTS, 0x42800000);
    for (int row = 0; row < rows; row++) {
      FloatVector y = FloatVector.zero(FLOATS);
      for (int block = 0; block < k / 256; block++) {
        long at = offset + row * rowBytes + block * 210L;
        long xAt = block * BLOCK_BYTES;
        FloatVector scales =
            (FloatVector)
                LongVector.fromMemorySegment(LongVector.SPECIES_128, w, at + 192, ORDER)
                    .reinterpretAsBytes()
                    .convertShape(B2F, FLOATS, 0);
        scales = scales.mul(Float.float16ToFloat(w.get(SHORT, at + 208)));
        FloatVector t;
        IntVector bytes0 = IntVector.fromMemorySegment(INTS, w, at, ORDER);
        IntVector allTops = IntVector.fromMemorySegment(INTS, w, at + 128, ORDER);
        IntVector tops0 = allTops.rearrange(Planes.LOWER_TWICE).lanewise(LSHR, Planes.UPPER_SHIFT);
        IntVector low0 = bytes0.and(nibble).or(tops0.lanewise(LSHL, 4).and(top));
        t = FloatVector.fromMemorySegment(FLOATS, x, xAt, ORDER).mul(-96);
        t =
            low0.lanewise(LSHL, 17)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 64, ORDER), t);
        t =
            low0.lanewise(LSHL, 9)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 128, ORDER), t);
        t =
            low0.lanewise(LSHL, 1)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 192, ORDER), t);
        t =
            low0.lanewise(LSHR, 7)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + 256, ORDER), t);
        y = t.fma(scales.rearrange(GROUPS_0_TO_3), y);
        IntVector high0 = bytes0.lanewise(LSHR, 4).and(nibble).or(tops0.and(top));
        t = FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES, ORDER).mul(-96);
        t =
            high0
                .lanewise(LSHL, 17)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 64, ORDER), t);
        t =
            high0
                .lanewise(LSHL, 9)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 128, ORDER), t);
        t =
            high0
                .lanewise(LSHL, 1)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 192, ORDER), t);
        t =
            high0
                .lanewise(LSHR, 7)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(FloatVector.fromMemorySegment(FLOATS, x, xAt + SECTION_BYTES + 256, ORDER), t);
        y = t.fma(scales.rearrange(GROUPS_4_TO_7), y);
        IntVector bytes1 = IntVector.fromMemorySegment(INTS, w, at + 64, ORDER);
        IntVector tops1 = allTops.rearrange(Planes.UPPER_TWICE).lanewise(LSHR, Planes.UPPER_SHIFT);
        IntVector low1 = bytes1.and(nibble).or(tops1.lanewise(LSHL, 4).and(top));
        t = FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES, ORDER).mul(-96);
        t =
            low1.lanewise(LSHL, 17)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 64, ORDER),
                    t);
        t =
            low1.lanewise(LSHL, 9)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 128, ORDER),
                    t);
        t =
            low1.lanewise(LSHL, 1)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 192, ORDER),
                    t);
        t =
            low1.lanewise(LSHR, 7)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 2 * SECTION_BYTES + 256, ORDER),
                    t);
        y = t.fma(scales.rearrange(GROUPS_8_TO_11), y);
        IntVector high1 = bytes1.lanewise(LSHR, 4).and(nibble).or(tops1.and(top));
        t = FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES, ORDER).mul(-96);
        t =
            high1
                .lanewise(LSHL, 17)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 64, ORDER),
                    t);
        t =
            high1
                .lanewise(LSHL, 9)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 128, ORDER),
                    t);
        t =
            high1
                .lanewise(LSHL, 1)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 192, ORDER),
                    t);
        t =
            high1
                .lanewise(LSHR, 7)
                .and(field)
                .or(base)
                .reinterpretAsFloats()
                .fma(
                    FloatVector.fromMemorySegment(FLOATS, x, xAt + 3 * SECTION_BYTES + 256, ORDER),
                    t);
        y = t.fma(scales.rearrange(GROUPS_12_TO_15), y);
      }
      y.intoMemorySegment(sums, LaneSums.offset(row), ORDER);
    }
  }
}
