package org.jgml.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Copies of a few bytes each that one kernel makes together: the `pieces_t` of `copy_pieces.cu`. A
/// call of the driver for each would take the host longer than all of them take the device.
final class PieceCopies implements AutoCloseable {
  /// Larger ones are left to a copy engine.
  static final long MOST_BYTES = 16 << 10;

  /// MOST_PIECES of `copy_pieces.cu`.
  static final int MOST_PIECES = 32;

  /// THREADS of `copy_pieces.cu`.
  static final int THREADS = 128;

  private static final Program PROGRAM = Program.of("copy_pieces");
  private static final int PIECE_BYTES = 3 * Long.BYTES;

  private final Programs programs;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment structure = arena.allocate(MOST_PIECES * PIECE_BYTES, Long.BYTES);
  private Launch[] launches;
  private int count;

  PieceCopies(Programs programs) {
    this.programs = programs;
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean isFull() {
    return count == MOST_PIECES;
  }

  /// Whether copies of the next launch have to be made before this one, as those of a launch have
  /// no order: it writes what one of them reads or writes, or reads what one writes.
  boolean precede(long from, long to, long bytes) {
    for (long at = 0; at < (long) PIECE_BYTES * count; at += PIECE_BYTES) {
      long otherFrom = structure.get(ValueLayout.JAVA_LONG, at);
      long otherTo = structure.get(ValueLayout.JAVA_LONG, at + Long.BYTES);
      long otherBytes = structure.get(ValueLayout.JAVA_LONG, at + 2 * Long.BYTES);
      if (overlap(to, bytes, otherTo, otherBytes)
          || overlap(to, bytes, otherFrom, otherBytes)
          || overlap(from, bytes, otherTo, otherBytes)) {
        return true;
      }
    }
    return false;
  }

  private static boolean overlap(long first, long firstBytes, long second, long secondBytes) {
    return first < second + secondBytes && second < first + firstBytes;
  }

  /// Adds a copy to the next launch.
  ///
  /// @param from an address that the device knows
  /// @param to the same
  void add(long from, long to, long bytes) {
    long at = (long) PIECE_BYTES * count++;
    structure.set(ValueLayout.JAVA_LONG, at, from);
    structure.set(ValueLayout.JAVA_LONG, at + Long.BYTES, to);
    structure.set(ValueLayout.JAVA_LONG, at + 2 * Long.BYTES, bytes);
  }

  /// Puts the copies into a stream; the driver takes the structure at once.
  void enqueue(CudaStream stream) {
    if (launches == null) {
      launches = new Launch[MOST_PIECES + 1];
    }
    int blocks = count;
    count = 0;
    if (launches[blocks] == null) {
      launches[blocks] =
          new Launch(
              "copies",
              programs.kernel(PROGRAM, "copy_pieces"),
              Geometry.of(THREADS, 0, blocks, 1, 1),
              structure,
              null);
    }
    launches[blocks].enqueue(stream);
  }

  @Override
  public void close() {
    arena.close();
  }
}
