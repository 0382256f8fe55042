package org.jgml.cpu.matmul;

/// The first 16 bytes of a block of Q4_K or Q5_K: the F16 scales `d` and `dmin`, then 12 bytes that
/// pack eight 6-bit scales and eight 6-bit minima.
///
/// Groups 0 to 3 use the low six bits of bytes 0 to 3 (scales) and 4 to 7 (minima). Groups 4 to 7
/// take their low four bits from the nibbles of bytes 8 to 11, their tops from bytes 0 to 7.
final class SixBitScales {
  private SixBitScales() {}

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

  private static long unpacked(int first, int rest) {
    return first & 0x3f3f3f3fL | (rest & 0x0f0f0f0fL | first >>> 2 & 0x30303030L) << 32;
  }
}
