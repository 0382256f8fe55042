package org.jgml.cpu.matmul;

import static org.jgml.cpu.matmul.Lanes.LONG;

import java.lang.foreign.MemorySegment;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;

/// The first 16 bytes of a block of Q4_K or Q5_K: the F16 scales `d` and `dmin`, then 12 bytes that
/// pack eight 6-bit scales and eight 6-bit minima.
///
/// Groups 0 to 3 use the low six bits of bytes 0 to 3 (scales) and 4 to 7 (minima). Groups 4 to 7
/// take their low four bits from the nibbles of bytes 8 to 11, their tops from bytes 0 to 7.
///
/// For vectors of 16 lanes, scales in the lower 8 and minima in the upper 8 come from two shifts of
/// these 16 bytes as ints: one for what is in bytes 0 to 7, and one for the rest.
final class SixBitScales {
  /// The int of scales, or of minima, that bits of each lane come from first.
  static final VectorShuffle<Integer> FIRST =
      VectorShuffle.fromOp(Planes.INTS, lane -> isScale(lane) ? 1 : 2);

  static final IntVector FIRST_SHIFT = lanes(lane -> 8 * (lane % 4) + (isWhole(lane) ? 0 : 2));
  static final IntVector FIRST_BITS = lanes(lane -> isWhole(lane) ? 0x3f : 0x30);

  /// The int of nibbles.
  static final VectorShuffle<Integer> REST = VectorShuffle.fromOp(Planes.INTS, lane -> 3);

  static final IntVector REST_SHIFT = lanes(lane -> 8 * (lane % 4) + (isScale(lane) ? 0 : 4));
  static final IntVector REST_BITS = lanes(lane -> isWhole(lane) ? 0 : 0x0f);

  private SixBitScales() {}

  private static boolean isScale(int lane) {
    return lane < 8;
  }

  /// Whether all six bits lie in one byte.
  private static boolean isWhole(int lane) {
    return lane % 8 < 4;
  }

  private static IntVector lanes(IntUnaryOperator value) {
    int[] values = IntStream.range(0, Planes.INTS.length()).map(value).toArray();
    return IntVector.fromArray(Planes.INTS, values, 0);
  }

  /// Writes the eight scales of a block, times `d`, and its eight minima, times `dmin`, each
  /// followed by eight floats of no meaning.
  static void store(MemorySegment w, long block, MemorySegment y, long scalesAt, long minimaAt) {
    long head = w.get(LONG, block);
    long tail = w.get(LONG, block + 8);
    GroupFactors.store(scales(head, tail), Float.float16ToFloat((short) head), y, scalesAt);
    float dmin = Float.float16ToFloat((short) (head >>> 16));
    GroupFactors.store(minima(head, tail), dmin, y, minimaAt);
  }

  /// The scales, one a byte.
  ///
  /// @param head bytes 0 to 7 of the block
  /// @param tail bytes 8 to 15
  static long scales(long head, long tail) {
    return unpacked((int) (head >>> 32), (int) (tail >>> 32));
  }

  /// The minima, one a byte.
  ///
  /// @param head bytes 0 to 7 of the block
  /// @param tail bytes 8 to 15
  static long minima(long head, long tail) {
    return unpacked((int) tail, (int) (tail >>> 36));
  }

  /// Eight numbers, one a byte.
  ///
  /// @param first the int that holds the whole numbers, and the tops of the others
  /// @param rest the int that holds the nibbles of the others
  private static long unpacked(int first, int rest) {
    return first & 0x3f3f3f3fL | (rest & 0x0f0f0f0fL | first >>> 2 & 0x30303030L) << 32;
  }
}
