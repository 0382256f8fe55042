package org.jgml.core.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory of a [DelayedDevice], which the runtime cannot see into.
///
/// @param memory what commands read and write
record DelayedBuffer(DelayedDevice device, HostBuffer memory) implements Buffer {
  @Override
  public long bytes() {
    return memory.bytes();
  }

  @Override
  public void upload(long offset, MemorySegment source) {
    MemorySegment copy = Arena.ofAuto().allocate(Math.max(1, source.byteSize()), 8);
    MemorySegment bytes = copy.asSlice(0, source.byteSize()).copyFrom(source);
    device.mainStream().upload(this, offset, bytes);
  }

  @Override
  public void download(long offset, MemorySegment target) {
    device.countWait();
    device.mainStream().download(this, offset, target);
    device.finish();
    device.throwFailure();
  }

  @Override
  public void close() {
    if (device.freed(this)) {
      // Work that is enqueued may still use it.
      device.finish();
      memory.close();
    }
  }
}
