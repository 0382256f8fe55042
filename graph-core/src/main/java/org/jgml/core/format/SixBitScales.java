package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;

/// The 12 bytes of Q4_K and Q5_K that hold a scale and a minimum of six bits for each of 8 groups.
///
/// Bytes 0–3 hold scales 0–3 in their low six bits, bytes 4–7 minima 0–3. Bytes 8–11 hold the low
/// nibbles of scales 4–7 and, above them, of minima 4–7, whose upper two bits fill the top of bytes
/// 0–3 and 4–7.
final class SixBitScales {
  private SixBitScales() {}

  static int scale(MemorySegment source, long scales, int group) {
    if (group < 4) {
      return unsignedByte(source, scales + group) & 63;
    }
    int low = unsignedByte(source, scales + group + 4) & 15;
    return low | unsignedByte(source, scales + group - 4) >>> 6 << 4;
  }

  static int minimum(MemorySegment source, long scales, int group) {
    if (group < 4) {
      return unsignedByte(source, scales + group + 4) & 63;
    }
    int low = unsignedByte(source, scales + group + 4) >>> 4;
    return low | unsignedByte(source, scales + group) >>> 6 << 4;
  }

  /// Packs the codes of eight groups.
  static void put(AffineBlockFit fit, MemorySegment target, long scales) {
    for (int group = 0; group < 4; group++) {
      int nextScale = fit.scale(group + 4);
      int nextMinimum = fit.minimum(group + 4);
      putByte(target, scales + group, fit.scale(group) | nextScale >>> 4 << 6);
      putByte(target, scales + group + 4, fit.minimum(group) | nextMinimum >>> 4 << 6);
      putByte(target, scales + group + 8, nextScale & 15 | (nextMinimum & 15) << 4);
    }
  }
}
