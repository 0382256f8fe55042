package org.jgml.cpu.matmul;

import static jdk.incubator.vector.VectorOperators.B2F;
import static org.jgml.cpu.matmul.Lanes.COUNT;
import static org.jgml.cpu.matmul.Lanes.FLOATS;
import static org.jgml.cpu.matmul.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Scales and minima of eight groups, unpacked together.
///
/// They are vectors of [Lanes#FLOATS], not of just eight. Of a vector that changes in a loop the
/// compiler knows no more than the classes of all vectors that were ever there, in any kernel;
/// where they are two, each kernel makes objects of its sums, and takes ten times as long.
final class GroupFactors {
  /// Broadcasts one of the first eight lanes.
  static final VectorShuffle<Float> LANE_0 = lane(0);

  static final VectorShuffle<Float> LANE_1 = lane(1);
  static final VectorShuffle<Float> LANE_2 = lane(2);
  static final VectorShuffle<Float> LANE_4 = lane(4);
  static final VectorShuffle<Float> LANE_6 = lane(6);

  /// Brings each lane to where the one before it was, or the second before it.
  static final VectorShuffle<Float> NEXT = VectorShuffle.iota(FLOATS, 1, 1, true);

  static final VectorShuffle<Float> SECOND_NEXT = VectorShuffle.iota(FLOATS, 2, 1, true);

  /// The shape of eight bytes before they become floats.
  static final VectorSpecies<Long> TWO_LONGS = LongVector.SPECIES_128;

  private GroupFactors() {}

  private static VectorShuffle<Float> lane(int lane) {
    return VectorShuffle.fromOp(FLOATS, any -> lane);
  }

  /// Writes 16 floats: eight signed bytes times a factor, then eight others times theirs.
  static void store(
      long first, float firstFactor, long second, float secondFactor, MemorySegment y, long at) {
    ByteVector bytes =
        LongVector.broadcast(TWO_LONGS, first).withLane(1, second).reinterpretAsBytes();
    if (COUNT == 16) {
      ((FloatVector) bytes.convertShape(B2F, FLOATS, 0))
          .mul(FloatVector.broadcast(FLOATS, firstFactor).blend(secondFactor, Planes.UPPER))
          .intoMemorySegment(y, at, ORDER);
    } else {
      ((FloatVector) bytes.convertShape(B2F, FLOATS, 0))
          .mul(firstFactor)
          .intoMemorySegment(y, at, ORDER);
      ((FloatVector) bytes.convertShape(B2F, FLOATS, 1))
          .mul(secondFactor)
          .intoMemorySegment(y, at + 32, ORDER);
    }
  }

  /// Writes 16 floats, of which the last eight are overwritten by what follows: eight signed bytes
  /// times a factor.
  static void store(long bytes, float factor, MemorySegment y, long at) {
    store(bytes, factor, bytes, factor, y, at);
  }
}
