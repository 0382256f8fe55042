package org.jgml.core.backend;

import java.lang.foreign.MemorySegment;

/// Memory of the host that a device's driver gave out. Whoever asked for it closes it, once no
/// stream uses it any more; closing twice is harmless.
public final class HostMemory implements AutoCloseable {
  private final MemorySegment segment;
  private Runnable release;

  /// @param release gives the memory back; run once
  public HostMemory(MemorySegment segment, Runnable release) {
    this.segment = segment;
    this.release = release;
  }

  /// The bytes.
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public synchronized void close() {
    if (release != null) {
      Runnable once = release;
      release = null;
      once.run();
    }
  }
}
