package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// The activations of one token in the order in which bytes of quants come out of vectors of ints.
///
/// A vector of 16 ints holds 64 bytes of quants; byte `b` of lane `i` is byte `4 i + b`. So the
/// activations that meet plane `b`, the bytes `b` of all lanes, are stored as one vector, and
/// quants need no widening. A block of 256 has four such *sections*, for the low and the high
/// nibbles of its two runs of 64 bytes. Each section is the sum of its planes, lane by lane, and
/// then its four planes; behind the sections follow 8 zeros and the negated sums of each 32
/// activations.
final class LanePlanes {
  private static final int LANES = 16;
  private static final int VECTOR_BYTES = 64;
  private static final int SECTIONS = 4;

  /// Bytes of a section: the lane sums and four planes.
  static final long SECTION_BYTES = 5L * VECTOR_BYTES;

  /// Where the group sums of a block begin.
  static final long GROUP_SUMS = SECTIONS * SECTION_BYTES;

  /// Bytes of the activations of one block.
  static final long BLOCK_BYTES = GROUP_SUMS + VECTOR_BYTES;

  /// Which weights the nibbles of a byte are.
  enum Order {
    /// The nibbles of 32 bytes are two groups of 32: Q4_K and Q5_K.
    GROUPS(64, 32),
    /// The low nibbles of 64 bytes are two groups of 32, the high ones the next two: Q6_K.
    HALVES(32, 64);

    private final int upperLanes;
    private final int highNibbles;

    /// @param upperLanes distance of the weights of the upper 8 lanes from those of the lower 8
    /// @param highNibbles distance of the weights in high nibbles from those in low ones
    Order(int upperLanes, int highNibbles) {
      this.upperLanes = upperLanes;
      this.highNibbles = highNibbles;
    }

    /// The weight of a block that byte `plane` of a lane is, in a section.
    private int weight(int section, int lane, int plane) {
      int start = section / 2 * 128 + section % 2 * highNibbles;
      return start + lane / 8 * upperLanes + lane % 8 * 4 + plane;
    }
  }

  private LanePlanes() {}

  static void prepare(MemorySegment x, long offset, Order order, int k, MemorySegment prepared) {
    for (int block = 0; block < k / 256; block++) {
      long from = offset + block * 1024L;
      long to = block * BLOCK_BYTES;
      for (int section = 0; section < SECTIONS; section++) {
        prepareSection(x, from, order, section, prepared, to + section * SECTION_BYTES);
      }
      prepareGroupSums(x, from, prepared, to + GROUP_SUMS);
    }
  }

  private static void prepareSection(
      MemorySegment x, long from, Order order, int section, MemorySegment prepared, long to) {
    for (int lane = 0; lane < LANES; lane++) {
      float sum = 0;
      for (int plane = 0; plane < 4; plane++) {
        float value = x.get(Lanes.FLOAT, from + 4L * order.weight(section, lane, plane));
        prepared.set(Lanes.FLOAT, to + (plane + 1L) * VECTOR_BYTES + 4L * lane, value);
        sum += value;
      }
      prepared.set(Lanes.FLOAT, to + 4L * lane, sum);
    }
  }

  private static void prepareGroupSums(
      MemorySegment x, long from, MemorySegment prepared, long to) {
    for (int group = 0; group < 8; group++) {
      float sum = 0;
      for (int i = 0; i < 32; i++) {
        sum += x.get(Lanes.FLOAT, from + 128L * group + 4L * i);
      }
      prepared.set(Lanes.FLOAT, to + 4L * group, 0);
      prepared.set(Lanes.FLOAT, to + 32 + 4L * group, -sum);
    }
  }
}
