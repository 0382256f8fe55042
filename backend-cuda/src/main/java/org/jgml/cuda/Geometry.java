package org.jgml.cuda;

import org.jgml.core.backend.DeviceException;

/// The blocks and threads of a launch.
///
/// @param x blocks on the first axis
/// @param y blocks on the second axis
/// @param z blocks on the third axis
/// @param threads threads of a block
/// @param sharedBytes shared memory of a block beside what its kernel declares
record Geometry(int x, int y, int z, int threads, int sharedBytes) {
  /// Threads of a block of an elementwise kernel.
  static final int ELEMENT_THREADS = 256;

  static final int WARP = 32;
  static final long MOST_X = Integer.MAX_VALUE;
  static final long MOST_Y = 65535;

  /// Blocks on up to three axes.
  ///
  /// @throws DeviceException if there are more than a device can count
  static Geometry of(int threads, int sharedBytes, long x, long y, long z) {
    if (x > MOST_X || y > MOST_Y || z > MOST_Y) {
      throw new DeviceException(
          "%d x %d x %d blocks are more than a device can count. Fix: use a smaller batch (-b)."
              .formatted(x, y, z));
    }
    return new Geometry((int) x, (int) y, (int) z, threads, sharedBytes);
  }

  /// A thread for each item.
  static Geometry elements(long items) {
    return of(ELEMENT_THREADS, 0, Math.ceilDiv(items, ELEMENT_THREADS), 1, 1);
  }

  /// A block for each row, of as many threads as find something to do.
  ///
  /// @param items what a row is made of
  /// @param most threads of a block at most, a power of two
  static Geometry rows(long rows, long items, int most) {
    long threads = Long.highestOneBit(Math.clamp(items, WARP, most));
    return of((int) threads, 0, rows, 1, 1);
  }

  @Override
  public String toString() {
    return "%d x %d x %d blocks of %d threads and %d bytes"
        .formatted(x, y, z, threads, sharedBytes);
  }
}
