package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// The activations of one token in the order in which bytes of quants come out of vectors of ints.
///
/// A vector of 16 ints holds 64 bytes of quants; byte `b` of lane `i` is byte `4 i + b`. So the
/// activations that meet plane `b`, the bytes `b` of all lanes, are stored as one vector, and
/// quants need no widening. A block of 256 has four such *sections* of four planes, for the low and
/// the high nibbles of its two runs of 64 bytes. Behind them follow the sums of each group of
/// weights that share a scale, times what is to be added to their quants.
final class LanePlanes {
  private static final int LANES = 16;
  private static final int VECTOR_BYTES = 64;
  private static final int SECTIONS = 4;
  private static final int PLANES = 4;

  /// Bytes of a section: four planes.
  static final long SECTION_BYTES = (long) PLANES * VECTOR_BYTES;

  /// Where the group sums of a block begin.
  static final long GROUP_SUMS = SECTIONS * SECTION_BYTES;

  /// Bytes of the activations of one block.
  static final long BLOCK_BYTES = GROUP_SUMS + VECTOR_BYTES;

  /// Which weights the nibbles of a byte are, and what kernels add to each quant.
  enum Order {
    /// The nibbles of 32 bytes are two groups of 32; kernels see quants from 16 on.
    Q4_K(64, 32, 32, 16),
    /// As Q4_K; kernels see quants from 32 on.
    Q5_K(64, 32, 32, 32),
    /// The low nibbles of 64 bytes are four groups of 16, the high ones the next four; kernels see
    /// quants from 64 on, which stand for weights from -32 on.
    Q6_K(32, 64, 16, 96);

    private final int upperLanes;
    private final int highNibbles;
    private final int group;
    private final int base;

    /// @param upperLanes distance of the weights of the upper 8 lanes from those of the lower 8
    /// @param highNibbles distance of the weights in high nibbles from those in low ones
    /// @param group weights that share a scale
    /// @param base by how much the quants that kernels see exceed the weights
    Order(int upperLanes, int highNibbles, int group, int base) {
      this.upperLanes = upperLanes;
      this.highNibbles = highNibbles;
      this.group = group;
      this.base = base;
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
      prepareGroupSums(x, from, order, prepared, to + GROUP_SUMS);
    }
  }

  private static void prepareSection(
      MemorySegment x, long from, Order order, int section, MemorySegment prepared, long to) {
    for (int lane = 0; lane < LANES; lane++) {
      for (int plane = 0; plane < PLANES; plane++) {
        float value = x.get(Lanes.FLOAT, from + 4L * order.weight(section, lane, plane));
        prepared.set(Lanes.FLOAT, to + (long) plane * VECTOR_BYTES + 4L * lane, value);
      }
    }
  }

  // The 16 lanes meet 16 scales, or 8 scales and 8 minima.
  private static void prepareGroupSums(
      MemorySegment x, long from, Order order, MemorySegment prepared, long to) {
    int groups = 256 / order.group;
    for (int lane = 0; lane < LANES; lane++) {
      long group = from + 4L * (lane % groups) * order.group;
      float sum = 0;
      for (int i = 0; i < order.group; i++) {
        sum += x.get(Lanes.FLOAT, group + 4L * i);
      }
      float factor = lane < groups ? -order.base : -1;
      prepared.set(Lanes.FLOAT, to + 4L * lane, factor * sum);
    }
  }
}
