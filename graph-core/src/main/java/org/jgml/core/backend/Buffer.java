package org.jgml.core.backend;

import java.lang.foreign.MemorySegment;

/// Memory of one device. Whoever allocated or loaded it closes it; closing twice is harmless, and
/// what is closed refuses further use.
public interface Buffer extends AutoCloseable {
  long bytes();

  /// Copies host bytes into this buffer, `offset` bytes from its start, in order with the work of
  /// its device. The source may be changed as soon as this returns.
  void upload(long offset, MemorySegment source);

  /// Copies bytes that begin `offset` bytes into this buffer to the host, in order with the work of
  /// its device, and waits for them.
  void download(long offset, MemorySegment target);

  @Override
  void close();
}
