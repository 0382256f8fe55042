package org.jgml.core.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory that the CPU addresses: what devices on the host allocate.
public final class HostBuffer implements Buffer {
  /// Cache lines, and the widest vectors, begin at multiples of this many bytes.
  private static final long ALIGNMENT = 64;

  private final MemorySegment segment;
  private final Arena arena;

  private HostBuffer(MemorySegment segment, Arena arena) {
    this.segment = segment;
    this.arena = arena;
  }

  /// Zeroed memory of its own.
  ///
  /// @throws DeviceException if there is not enough memory
  public static HostBuffer allocate(String device, long bytes) {
    Arena arena = Arena.ofShared();
    try {
      return new HostBuffer(arena.allocate(Math.max(bytes, 1), ALIGNMENT), arena);
    } catch (OutOfMemoryError e) {
      arena.close();
      throw new DeviceException(
          "%s: cannot allocate %,d bytes. Fix: use a shorter context (-c) or a smaller cache type."
              .formatted(device, bytes),
          e);
    }
  }

  /// Somebody else's bytes, used in place.
  public static HostBuffer over(MemorySegment segment) {
    return new HostBuffer(segment, null);
  }

  /// The bytes.
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public long bytes() {
    return segment.byteSize();
  }

  @Override
  public void upload(long offset, MemorySegment source) {
    MemorySegment.copy(source, 0, segment, offset, source.byteSize());
  }

  @Override
  public void download(long offset, MemorySegment target) {
    MemorySegment.copy(segment, offset, target, 0, target.byteSize());
  }

  @Override
  public void close() {
    if (arena != null && arena.scope().isAlive()) {
      arena.close();
    }
  }
}
