package org.jgml.cpu.matmul;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// What the kernels for [LanePlanes] share; their vectors all have 512 bits.
///
/// Three rows that lie a third of all rows apart share activations, and are three streams for the
/// hardware prefetchers. One loop runs over the half blocks of them all, since entering a loop
/// costs as much as several blocks: the check of each access is hoisted in front of it. A half
/// block at a time is what the first compiler takes of three rows.
///
/// Constant vectors are static: the compiler keeps those in registers, but fills a local one anew
/// wherever it is used. Kernels spell out each section, since the compiler inlines functions that
/// take and give vectors by chance only, and allocates each vector of those that it does not.
final class Planes {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;

  private static final int UPPER_LANES = 0xff00;

  /// The upper 8 lanes.
  static final VectorMask<Float> UPPER = VectorMask.fromLong(FLOATS, UPPER_LANES);

  /// The lower 8 lanes, twice.
  static final VectorShuffle<Integer> LOWER_TWICE = VectorShuffle.fromOp(INTS, lane -> lane % 8);

  /// 0 for the lower 8 lanes, 2 for the upper ones.
  static final IntVector UPPER_SHIFT =
      IntVector.zero(INTS).blend(2, VectorMask.fromLong(INTS, UPPER_LANES));

  private Planes() {}

  /// Lane `first` in the lower 8 lanes, lane `second` in the upper ones.
  static VectorShuffle<Float> halves(int first, int second) {
    return VectorShuffle.fromOp(FLOATS, lane -> lane < 8 ? first : second);
  }

  /// Lanes `first` to `first + 3`, each four times.
  static VectorShuffle<Float> quarters(int first) {
    return VectorShuffle.fromOp(FLOATS, lane -> first + lane / 4);
  }
}
