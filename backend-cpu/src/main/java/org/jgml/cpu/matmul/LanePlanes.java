package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// The activations of one token in the order in which bytes of quants come out of vectors of ints.
///
/// A vector of 16 ints holds 64 bytes of quants; byte `b` of lane `i` is byte `4 i + b`. So the
/// activations that meet plane `b`, the bytes `b` of all lanes, are stored as one vector, and
/// quants need no widening. Quants become floats where they stand in a lane, up to 24 bits too
/// high, so planes hold as small a part of the activations, 2⁻⁸ for byte 1; or in pairs, see
/// [Order#NIBBLES]. A block of 256 has four such *sections* of four planes, for the low and the
/// high nibbles of its two runs of 64 bytes; behind them follow the sums of groups of activations,
/// times what the groups' minima or the offset of the quants ask for.
final class LanePlanes {
  private static final int LANES = 16;
  private static final int VECTOR_BYTES = 64;
  private static final int SECTIONS = 4;
  private static final float[] PLANE_SCALES = {1, 0x1p-8f, 0x1p-16f, 0x1p-24f};

  /// What a nibble in the lower half of a lane adds to the float in the upper half.
  private static final float LOWER_NIBBLE = 0x1p-16f;

  /// What the floats of nibbles are too large by: 16, and in the upper half the exponent below it.
  private static final double LOWER_EXCESS = 16;

  private static final double UPPER_EXCESS = 16 + 0x4180 * 0x1p-19;

  /// Bytes of a section of four planes.
  static final long SECTION_BYTES = 4L * VECTOR_BYTES;

  /// Where the group sums of a block begin.
  static final long GROUP_SUMS = SECTIONS * SECTION_BYTES;

  /// Where the starts of the sums of each section begin, one vector a section, for [Order#NIBBLES].
  static final long STARTS = GROUP_SUMS + VECTOR_BYTES;

  /// Bytes of the activations of one block.
  static final long BLOCK_BYTES = STARTS + SECTIONS * VECTOR_BYTES;

  /// Which weights the nibbles of a byte are, and which sums the kernel wants.
  enum Order implements ActivationOrder {
    /// The nibbles of 32 bytes are two groups of 32, which have minima: Q5_K. The sums are 8 zeros,
    /// which meet the scales, and 8 negated sums, which meet the minima.
    GROUPS(64, 32, 32, -1),
    /// The same, where bytes `b` and `b + 2` become floats together: Q4_K. Nibble `n` of byte `b +
    /// 2` is `16 + n + c + 2⁻¹⁶ m`, with nibble `m` of byte `b`, which is `16 + m`. Planes are
    /// those of bytes 2, 0, 3, 1; those of `b` lack `2⁻¹⁶` of those of `b + 2`. What floats are too
    /// large by is where the sum of a section starts, negated.
    NIBBLES(64, 32, 32, -1),
    /// The low nibbles of 64 bytes are two groups of 32, the high ones the next two: Q6_K. The sums
    /// are those of 16 activations, times the offset of the quants.
    HALVES(32, 64, 16, -32);

    private final int upperLanes;
    private final int highNibbles;
    private final int summed;
    private final float factor;

    /// @param upperLanes distance of the weights of the upper 8 lanes from those of the lower 8
    /// @param highNibbles distance of the weights in high nibbles from those in low ones
    /// @param summed activations of a sum
    /// @param factor what a sum is multiplied by
    Order(int upperLanes, int highNibbles, int summed, float factor) {
      this.upperLanes = upperLanes;
      this.highNibbles = highNibbles;
      this.summed = summed;
      this.factor = factor;
    }

    /// The weight of a block that byte `plane` of a lane is, in a section.
    private int weight(int section, int lane, int plane) {
      int start = section / 2 * 128 + section % 2 * highNibbles;
      return start + lane / 8 * upperLanes + lane % 8 * 4 + plane;
    }

    @Override
    public long blockBytes() {
      return BLOCK_BYTES;
    }

    @Override
    public void prepareBlock(MemorySegment x, long from, MemorySegment prepared, long to) {
      for (int section = 0; section < SECTIONS; section++) {
        prepareSection(x, from, this, section, prepared, to);
      }
      prepareGroupSums(x, from, this, prepared, to + GROUP_SUMS);
    }
  }

  private LanePlanes() {}

  private static void prepareSection(
      MemorySegment x, long from, Order order, int section, MemorySegment prepared, long block) {
    for (int lane = 0; lane < LANES; lane++) {
      long first = from + 4L * order.weight(section, lane, 0);
      long at = block + section * SECTION_BYTES + 4L * lane;
      if (order == Order.NIBBLES) {
        long start = block + STARTS + (long) section * VECTOR_BYTES + 4L * lane;
        prepared.set(Lanes.FLOAT, start, preparePairs(x, first, prepared, at));
      } else {
        for (int plane = 0; plane < 4; plane++) {
          float value = x.get(Lanes.FLOAT, first + 4L * plane);
          prepared.set(Lanes.FLOAT, at + (long) plane * VECTOR_BYTES, value * PLANE_SCALES[plane]);
        }
      }
    }
  }

  /// The start of the sum of these four activations of a lane.
  private static float preparePairs(MemorySegment x, long first, MemorySegment prepared, long at) {
    double excess = 0;
    for (int plane = 0; plane < 2; plane++) {
      float upper = x.get(Lanes.FLOAT, first + 4L * (plane + 2));
      float lower = x.get(Lanes.FLOAT, first + 4L * plane) - upper * LOWER_NIBBLE;
      long to = at + 2L * plane * VECTOR_BYTES;
      prepared.set(Lanes.FLOAT, to, upper);
      prepared.set(Lanes.FLOAT, to + VECTOR_BYTES, lower);
      excess += UPPER_EXCESS * upper + LOWER_EXCESS * lower;
    }
    return (float) -excess;
  }

  private static void prepareGroupSums(
      MemorySegment x, long from, Order order, MemorySegment prepared, long to) {
    int groups = 256 / order.summed;
    int others = LANES - groups;
    for (int lane = 0; lane < others; lane++) {
      prepared.set(Lanes.FLOAT, to + 4L * lane, 0);
    }
    for (int group = 0; group < groups; group++) {
      float sum = 0;
      for (int i = 0; i < order.summed; i++) {
        sum += x.get(Lanes.FLOAT, from + 4L * ((long) order.summed * group + i));
      }
      prepared.set(Lanes.FLOAT, to + 4L * (others + group), sum * order.factor);
    }
  }
}
