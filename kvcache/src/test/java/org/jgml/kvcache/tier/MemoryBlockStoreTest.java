package org.jgml.kvcache.tier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jgml.kvcache.tier.CacheException.Kind;
import org.junit.jupiter.api.Test;

final class MemoryBlockStoreTest {
  @Test
  void theLimitIsUsedToTheLastBlockAndThenNamed() {
    int blockBytes = 1 << 20;
    try (BlockStore store = new MemoryBlockStore(2, blockBytes, 7L * blockBytes + 5)) {
      for (int i = 0; i < 7; i++) {
        Blocks.append(store, i % 2);
      }
      CacheException error = assertThrows(CacheException.class, () -> Blocks.append(store, 1));
      assertEquals(Kind.NO_MEMORY, error.kind());
      assertEquals(
          "cache in memory: the limit of 7,340,037 bytes is reached, block 3 of layer 1 needs"
              + " 1,048,576 bytes more; 7 blocks take 7,340,032 bytes. Fix: allow more"
              + " (--kv-memory), keep blocks in a file (--kv-file), or use a smaller cache type.",
          error.getMessage());
      assertEquals(7L * blockBytes, store.counters().hostBytes());
      for (int i = 0; i < 7; i++) {
        Blocks.checkStored(store, i % 2, i / 2);
      }
      store.clear();
      Blocks.append(store, 1);
      Blocks.checkStored(store, 1, 0);
      assertEquals(7L * blockBytes, store.counters().hostBytes());
    }
  }

  @Test
  void blocksLargerThanAnExtentFit() {
    try (BlockStore store = new MemoryBlockStore(1, 5 << 20, 1L << 30)) {
      Blocks.append(store, 0);
      Blocks.append(store, 0);
      Blocks.checkStored(store, 0, 0);
      Blocks.checkStored(store, 0, 1);
    }
  }

  @Test
  void aClosedStoreSaysSo() {
    BlockStore store = new MemoryBlockStore(1, 64, 1 << 20);
    store.close();
    store.close();
    CacheException error = assertThrows(CacheException.class, () -> Blocks.append(store, 0));
    assertEquals(Kind.CLOSED, error.kind());
  }
}
