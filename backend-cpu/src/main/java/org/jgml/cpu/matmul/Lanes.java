package org.jgml.cpu.matmul;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The vector shape that all kernels share: as many 32-bit lanes as the machine has, 4 to 16.
final class Lanes {
  static final VectorSpecies<Float> FLOATS =
      FloatVector.SPECIES_PREFERRED.length() <= 16
          ? FloatVector.SPECIES_PREFERRED
          : FloatVector.SPECIES_512;
  static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
  static final int COUNT = FLOATS.length();
  static final int BYTES = COUNT * Float.BYTES;

  /// Bytes that widen to one vector; with four lanes there is no such species.
  static final VectorSpecies<Byte> NARROW_BYTES =
      COUNT == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  static final VectorSpecies<Short> NARROW_SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(COUNT * Short.SIZE));

  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  static final ByteOrder ORDER = LITTLE_ENDIAN;

  /// The lane numbers 0, 1, 2, ...
  static final IntVector INDEX = IntVector.zero(INTS).addIndex(1);

  private static final IntVector BYTE_SHIFTS = INDEX.mul(8);

  private Lanes() {}

  /// One unsigned byte a lane.
  static IntVector unsignedBytes(MemorySegment w, long offset) {
    if (COUNT == 4) {
      return IntVector.broadcast(INTS, w.get(INT, offset))
          .lanewise(VectorOperators.LSHR, BYTE_SHIFTS)
          .and(0xff);
    }
    return (IntVector)
        ByteVector.fromMemorySegment(NARROW_BYTES, w, offset, LITTLE_ENDIAN)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
  }

  /// One signed byte a lane, as floats.
  static FloatVector signedBytes(MemorySegment w, long offset) {
    if (COUNT == 4) {
      return (FloatVector)
          IntVector.broadcast(INTS, w.get(INT, offset))
              .lanewise(VectorOperators.LSHR, BYTE_SHIFTS)
              .lanewise(VectorOperators.LSHL, 24)
              .lanewise(VectorOperators.ASHR, 24)
              .convert(VectorOperators.I2F, 0);
    }
    return (FloatVector)
        ByteVector.fromMemorySegment(NARROW_BYTES, w, offset, LITTLE_ENDIAN)
            .convertShape(VectorOperators.B2F, FLOATS, 0);
  }

  /// One unsigned 16-bit value a lane.
  static IntVector shorts(MemorySegment w, long offset) {
    return (IntVector)
        ShortVector.fromMemorySegment(NARROW_SHORTS, w, offset, LITTLE_ENDIAN)
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
  }

  static FloatVector floats(IntVector v) {
    return (FloatVector) v.convert(VectorOperators.I2F, 0);
  }

  static float half(MemorySegment w, long offset) {
    return Float.float16ToFloat(w.get(SHORT, offset));
  }

  static int roundUp(int length, int multiple) {
    return (length + multiple - 1) / multiple * multiple;
  }
}
