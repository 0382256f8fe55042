package org.jgml.cpu.matmul;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
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

  /// Bytes that widen to one vector; for four lanes there is no such species.
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

  /// The shapes in which groups of quants are unpacked; floats have one shape, see [GroupFactors].
  static final VectorSpecies<Integer> EIGHT_INTS = IntVector.SPECIES_256;

  static final VectorSpecies<Integer> FOUR_INTS = IntVector.SPECIES_128;
  static final VectorSpecies<Byte> THIRTY_TWO_BYTES = ByteVector.SPECIES_256;
  static final VectorSpecies<Byte> SIXTEEN_BYTES = ByteVector.SPECIES_128;

  private Lanes() {}

  static int roundUp(int length, int multiple) {
    return (length + multiple - 1) / multiple * multiple;
  }
}
