package org.jgml.core.backend;

import java.lang.foreign.MemorySegment;

/// Memory of one device. Whoever allocated or loaded it closes it; closing twice is harmless.
public interface Buffer extends AutoCloseable {
  long bytes();

  /// Copies host bytes into this buffer, `offset` bytes from its start.
  void upload(long offset, MemorySegment source);

  /// Copies bytes that begin `offset` bytes into this buffer to the host.
  void download(long offset, MemorySegment target);

  @Override
  void close();
}
