package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// The activations of one token in natural order, followed by the sums of each 16 and each 32.
///
/// The sums times a group's minimum, or times the offset of its quants, replace a subtraction for
/// every weight.
final class TokenSums {
  private TokenSums() {}

  /// Byte offset of the sums of 16 activations.
  static long sixteens(int k) {
    return Lanes.roundUp(k, 16) * 4L;
  }

  /// Byte offset of the sums of 32 activations.
  static long thirtyTwos(int k) {
    return sixteens(k) + Lanes.roundUp(k / 16, 16) * 4L;
  }

  static long bytes(int k) {
    return thirtyTwos(k) + Lanes.roundUp(k / 32, 16) * 4L;
  }

  static void prepare(MemorySegment x, long offset, int k, MemorySegment prepared) {
    MemorySegment.copy(x, offset, prepared, 0, k * 4L);
    for (int i = 0; i < k / 16; i++) {
      float sum = 0;
      for (int j = 0; j < 64; j += Lanes.BYTES) {
        sum += LaneSums.sum(prepared, i * 64L + j);
      }
      prepared.set(Lanes.FLOAT, sixteens(k) + i * 4L, sum);
    }
    for (int i = 0; i < k / 32; i++) {
      long pair = sixteens(k) + i * 8L;
      float sum = prepared.get(Lanes.FLOAT, pair) + prepared.get(Lanes.FLOAT, pair + 4);
      prepared.set(Lanes.FLOAT, thirtyTwos(k) + i * 4L, sum);
    }
  }
}
