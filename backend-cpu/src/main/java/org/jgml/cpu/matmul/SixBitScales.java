package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// The 12 bytes of Q4_K and Q5_K that pack eight 6-bit scales and eight 6-bit minima.
///
/// Groups 0 to 3 use the low six bits of bytes 0 to 7. Groups 4 to 7 take their low four bits from
/// bytes 8 to 11 and their top two from the top two of bytes 0 to 7.
final class SixBitScales {
  private SixBitScales() {}

  static int scale(MemorySegment w, long packed, int group) {
    if (group < 4) {
      return w.get(Lanes.BYTE, packed + group) & 63;
    }
    int low = w.get(Lanes.BYTE, packed + group + 4) & 15;
    return low | (w.get(Lanes.BYTE, packed + group - 4) >> 6 & 3) << 4;
  }

  static int minimum(MemorySegment w, long packed, int group) {
    if (group < 4) {
      return w.get(Lanes.BYTE, packed + group + 4) & 63;
    }
    int low = w.get(Lanes.BYTE, packed + group + 4) >> 4 & 15;
    return low | (w.get(Lanes.BYTE, packed + group) >> 6 & 3) << 4;
  }
}
