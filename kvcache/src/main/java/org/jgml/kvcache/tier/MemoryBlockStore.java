package org.jgml.kvcache.tier;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Blocks in host memory, which it takes in extents of a few MiB as blocks come, up to a limit.
public final class MemoryBlockStore implements BlockStore {
  /// Large enough to be few, small enough that zeroing one does not delay a decode step.
  private static final long EXTENT_BYTES = 4L << 20;

  private static final long ALIGNMENT = 64;

  private final long blockBytes;
  private final long limitBytes;
  private final int extentBlocks;
  private final Arena arena = Arena.ofShared();
  private final List<MemorySegment> extents = new ArrayList<>();
  private final BlockLocations locations;
  private long reservedBytes;
  private long readBytes;
  private boolean closed;

  /// @param blockBytes bytes of one block
  /// @param limitBytes bytes that all blocks may take
  public MemoryBlockStore(int layers, long blockBytes, long limitBytes) {
    if (layers < 1 || blockBytes < 1 || limitBytes < 0) {
      throw new IllegalArgumentException(
          "block store: %d layers, blocks of %,d bytes, a limit of %,d bytes"
              .formatted(layers, blockBytes, limitBytes));
    }
    this.blockBytes = blockBytes;
    this.limitBytes = limitBytes;
    this.extentBlocks = (int) Math.max(1, EXTENT_BYTES / blockBytes);
    this.locations = new BlockLocations(layers);
  }

  @Override
  public int layers() {
    return locations.layers();
  }

  @Override
  public long blockBytes() {
    return blockBytes;
  }

  @Override
  public synchronized int count(int layer) {
    return locations.count(layer);
  }

  @Override
  public synchronized int append(int layer, MemorySegment block) {
    throwIfClosed();
    long location = locations.total();
    if (location * blockBytes == reservedBytes) {
      extents.add(extent(layer));
    }
    MemorySegment.copy(block, 0, at(location), 0, checkedBytes(block));
    return locations.append(layer, location);
  }

  private MemorySegment extent(int layer) {
    long bytes = extentBlocks * blockBytes;
    if (reservedBytes + bytes > limitBytes) {
      bytes = (limitBytes - reservedBytes) / blockBytes * blockBytes;
    }
    if (bytes == 0) {
      throw noMemory(layer, "the limit of %,d bytes is reached".formatted(limitBytes), null);
    }
    try {
      MemorySegment extent = arena.allocate(bytes, ALIGNMENT);
      reservedBytes += bytes;
      return extent;
    } catch (OutOfMemoryError e) {
      throw noMemory(layer, "this machine has no %,d bytes left".formatted(bytes), e);
    }
  }

  private CacheException noMemory(int layer, String reason, Throwable cause) {
    return new CacheException(
        CacheException.Kind.NO_MEMORY,
        "cache in memory: %s, block %d of layer %d needs %,d bytes more; %,d blocks take %,d bytes. Fix: allow more (--kv-memory), keep blocks in a file (--kv-file), or use a smaller cache type."
            .formatted(
                reason,
                locations.count(layer),
                layer,
                blockBytes,
                locations.total(),
                locations.total() * blockBytes),
        cause);
  }

  @Override
  public void read(int layer, int block, MemorySegment target) {
    MemorySegment source;
    synchronized (this) {
      throwIfClosed();
      source = at(locations.location(layer, block));
      readBytes += blockBytes;
    }
    MemorySegment.copy(source, 0, target, 0, checkedBytes(target));
  }

  private MemorySegment at(long location) {
    long offset = location % extentBlocks * blockBytes;
    return extents.get((int) (location / extentBlocks)).asSlice(offset, blockBytes);
  }

  private long checkedBytes(MemorySegment bytes) {
    if (bytes.byteSize() != blockBytes) {
      throw new IllegalArgumentException(
          "a block has %,d bytes, not %,d".formatted(blockBytes, bytes.byteSize()));
    }
    return blockBytes;
  }

  private void throwIfClosed() {
    if (closed) {
      throw new CacheException(
          CacheException.Kind.CLOSED, "cache in memory: the session is closed");
    }
  }

  @Override
  public synchronized void clear() {
    locations.clear();
  }

  @Override
  public void flush() {
    // A block stays where append put it.
  }

  @Override
  public synchronized StoreCounters counters() {
    return new StoreCounters(locations.total(), reservedBytes, 0, readBytes, 0, 0, 0);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      arena.close();
    }
  }
}
