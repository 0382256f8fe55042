package org.jgml.kvcache.tier;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A file that is read and written by position. Thread-safe.
interface BlockFile extends AutoCloseable {
  /// Fills a segment.
  ///
  /// @throws EOFException if the file ends before
  void read(long position, MemorySegment target) throws IOException;

  /// Writes a segment whole.
  void write(long position, MemorySegment source) throws IOException;

  long size() throws IOException;

  /// Cuts off what lies behind.
  void truncate(long size) throws IOException;

  /// Returns when what was written is on the disk.
  void force() throws IOException;

  @Override
  void close() throws IOException;
}
