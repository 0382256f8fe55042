package org.jgml.core.format;

import java.lang.foreign.MemorySegment;

/// The two-bit fields of Q2_K, Q3_K and TQ2_0: 32 bytes hold 128 elements, a run of 32 elements at
/// each of the shifts 0, 2, 4 and 6; a run is two groups of 16.
final class TwoBitRuns {
  private TwoBitRuns() {}

  /// The field of element `j` of a group; groups are numbered from 0 to 15.
  static int level(MemorySegment source, long fields, int group, int j) {
    int part = group / 8;
    int shift = 2 * (group % 8 / 2);
    int packed = LittleEndian.unsignedByte(source, fields + 32 * part + 16 * (group % 2) + j);
    return packed >>> shift & 3;
  }

  /// Writes the lowest two bits of 256 fields, which take up 64 bytes.
  static void put(byte[] levels, MemorySegment target, long fields) {
    for (int part = 0; part < 2; part++) {
      for (int j = 0; j < 32; j++) {
        int packed = 0;
        for (int run = 0; run < 4; run++) {
          packed |= (levels[128 * part + 32 * run + j] & 3) << 2 * run;
        }
        LittleEndian.putByte(target, fields + 32 * part + j, packed);
      }
    }
  }
}
