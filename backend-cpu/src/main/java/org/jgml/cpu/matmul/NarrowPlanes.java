package org.jgml.cpu.matmul;

import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.INTS;

import java.lang.foreign.MemorySegment;
import java.util.function.IntUnaryOperator;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;

/// The activations of one token for vectors of 8 lanes, as [LanePlanes] are for 16.
///
/// A vector of 8 ints holds 32 bytes of quants; byte `b` of lane `i` is weight `4 i + b` of a group
/// of 32. So the activations of a group are four *planes* of 8, those that meet bytes `b` of all
/// lanes, and quants need no widening. A quant becomes a float where it stands in its lane, `8 b`
/// bits too high, so plane `b` holds 2⁻⁸ᵇ of the activations. Groups are in natural order; behind
/// the eight of a block follow the sums that meet minima, or the offset of the quants.
///
/// Kernels read two rows in step, half of all rows apart, in one loop over the blocks of all of
/// them, as those of [Planes] do with three: with more, 16 vector registers do not hold the sums. A
/// turn is the two groups whose nibbles share 32 bytes.
enum NarrowPlanes implements ActivationOrder {
  /// Eight negated sums of 32, which meet minima: Q4_K, Q5_K.
  THIRTY_TWOS(32, -1),
  /// Sixteen sums of 16, times the offset of quants: Q6_K.
  SIXTEENS(16, -32);

  /// Bytes of the activations of a group.
  static final long GROUP_BYTES = 128;

  /// Bytes of a plane.
  static final long PLANE_BYTES = 32;

  /// Where the sums of a block begin.
  static final long SUMS = 8 * GROUP_BYTES;

  /// Bytes of a block.
  static final long BLOCK_BYTES = SUMS + 64;

  /// Two lanes, each four times.
  static final VectorShuffle<Float> LANES_0_1 = shuffle(lane -> lane / 4);

  static final VectorShuffle<Float> LANES_4_5 = shuffle(lane -> 4 + lane / 4);

  /// The lower half of each byte.
  static final IntVector NIBBLES = IntVector.broadcast(INTS, 0x0f0f0f0f);

  private static final float[] PLANE_SCALES = {1, 0x1p-8f, 0x1p-16f, 0x1p-24f};

  private final int summed;
  private final float factor;

  /// @param summed activations of a sum
  /// @param factor what a sum is multiplied by
  NarrowPlanes(int summed, float factor) {
    this.summed = summed;
    this.factor = factor;
  }

  private static VectorShuffle<Float> shuffle(IntUnaryOperator source) {
    return VectorShuffle.fromOp(FLOATS, source);
  }

  @Override
  public long blockBytes() {
    return BLOCK_BYTES;
  }

  @Override
  public void prepareBlock(MemorySegment x, long from, MemorySegment prepared, long to) {
    for (int i = 0; i < 256; i++) {
      int plane = i % 4;
      long at = to + i / 32 * GROUP_BYTES + plane * PLANE_BYTES + i % 32 / 4 * 4L;
      float value = x.get(Lanes.FLOAT, from + 4L * i);
      prepared.set(Lanes.FLOAT, at, value * PLANE_SCALES[plane]);
    }
    for (int group = 0; group < 256 / summed; group++) {
      float sum = 0;
      for (int i = 0; i < summed; i++) {
        sum += x.get(Lanes.FLOAT, from + 4L * ((long) summed * group + i));
      }
      prepared.set(Lanes.FLOAT, to + SUMS + 4L * group, sum * factor);
    }
  }
}
