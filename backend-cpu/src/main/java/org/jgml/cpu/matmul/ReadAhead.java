package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// Reads the weights of some rows into the second cache before a kernel needs them.
///
/// Where the activations of one token take much of the first cache, their misses crowd out what the
/// hardware prefetcher knows of the weights, and memory delivers no more than the few lines that
/// fit a core's window of instructions. A loop that does nothing but read gets them at full speed.
final class ReadAhead {
  private static final int LINE = 64;
  private static final long BLOCK_BYTES = 256L << 10;
  private static final long MOST_ACTIVATIONS = 16L << 10;

  /// Where the sum of what was read is kept, lest the reads be removed.
  private static final long SUM_AT = LaneSums.BYTES;

  /// Bytes of scratch: those of [LaneSums], and the sum.
  static final long SCRATCH_BYTES = LaneSums.BYTES + LINE;

  private ReadAhead() {}

  /// Whether reading ahead pays: rows meet so many activations that most misses are theirs.
  ///
  /// @param tokenBytes prepared activations of one token
  static boolean pays(long tokenBytes, long rowBytes) {
    return rowBytes > 0 && tokenBytes > MOST_ACTIVATIONS && tokenBytes > 3 * rowBytes;
  }

  /// Rows of one pass that the second cache holds, at most [LaneSums#ROWS].
  static int rows(long rowBytes) {
    return Math.clamp(BLOCK_BYTES / rowBytes, 1, LaneSums.ROWS);
  }

  static void read(MemorySegment w, long offset, long bytes, MemorySegment scratch) {
    long sum = 0;
    // The last row may end before the next would begin.
    int lines = (int) (Math.min(bytes, w.byteSize() - offset) / LINE);
    for (int i = 0; i < lines; i++) {
      sum += w.get(Lanes.BYTE, offset + (long) i * LINE);
    }
    scratch.set(Lanes.LONG, SUM_AT, sum);
  }
}
