package org.jgml.kvcache.tier;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/// A store whose reads take a time that nobody can predict.
record SlowStore(BlockStore store, int maxNanos) implements BlockStore {
  @Override
  public int layers() {
    return store.layers();
  }

  @Override
  public long blockBytes() {
    return store.blockBytes();
  }

  @Override
  public int count(int layer) {
    return store.count(layer);
  }

  @Override
  public int append(int layer, MemorySegment block) {
    return store.append(layer, block);
  }

  @Override
  public void read(int layer, int block, MemorySegment target) {
    int nanos = ThreadLocalRandom.current().nextInt(maxNanos);
    if (nanos % 3 == 0) {
      Thread.yield();
    } else if (nanos % 3 == 1) {
      LockSupport.parkNanos(nanos);
    }
    store.read(layer, block, target);
  }

  @Override
  public void clear() {
    store.clear();
  }

  @Override
  public void flush() {
    store.flush();
  }

  @Override
  public StoreCounters counters() {
    return store.counters();
  }

  @Override
  public void close() {
    store.close();
  }
}
