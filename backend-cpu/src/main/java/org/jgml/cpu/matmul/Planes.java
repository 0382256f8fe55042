package org.jgml.cpu.matmul;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/// Constants of the kernels for [LanePlanes], which all have vectors of 512 bits.
final class Planes {
  private static final int UPPER_LANES = 0xff00;

  /// The upper 8 lanes.
  static final VectorMask<Float> UPPER = VectorMask.fromLong(FloatVector.SPECIES_512, UPPER_LANES);

  /// The lower 8 lanes, twice.
  static final VectorShuffle<Integer> LOWER_TWICE =
      VectorShuffle.fromOp(IntVector.SPECIES_512, lane -> lane % 8);

  /// The upper 8 lanes, twice.
  static final VectorShuffle<Integer> UPPER_TWICE =
      VectorShuffle.fromOp(IntVector.SPECIES_512, lane -> 8 + lane % 8);

  /// 0 for the lower 8 lanes, 2 for the upper ones.
  static final IntVector UPPER_SHIFT =
      IntVector.zero(IntVector.SPECIES_512)
          .blend(2, VectorMask.fromLong(IntVector.SPECIES_512, UPPER_LANES));

  private Planes() {}

  /// Lane `first` in the lower 8 lanes, lane `second` in the upper ones.
  static VectorShuffle<Float> halves(int first, int second) {
    return VectorShuffle.fromOp(FloatVector.SPECIES_512, lane -> lane < 8 ? first : second);
  }

  /// Lanes `first` to `first + 3`, each four times.
  static VectorShuffle<Float> quarters(int first) {
    return VectorShuffle.fromOp(FloatVector.SPECIES_512, lane -> first + lane / 4);
  }
}
