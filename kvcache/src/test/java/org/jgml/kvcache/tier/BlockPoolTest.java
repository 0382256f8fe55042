package org.jgml.kvcache.tier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jgml.kvcache.tier.CacheException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class BlockPoolTest {
  private static final int BLOCKS = 100;

  @TempDir private Path directory;
  private final AtomicReference<FaultyFile> disk = new AtomicReference<>();
  private BlockStore store;
  private BlockLoader loader;
  private PoolMemory memory;

  @BeforeEach
  void fillStore() {
    store =
        FileBlockStore.create(
            directory.resolve("cache"),
            new CacheShape(2, 40, Map.of()),
            file -> {
              disk.set(new FaultyFile(file, Long.MAX_VALUE));
              return disk.get();
            });
    for (int i = 0; i < 2 * BLOCKS; i++) {
      Blocks.append(store, i % 2);
    }
    store.flush();
    loader = BlockLoader.asynchronous(40);
  }

  @AfterEach
  void closeStore() {
    loader.close();
    store.close();
  }

  private BlockPool pool(int layer, int lookupLength, int slots, ReplacementPolicy policy) {
    memory = memory(slots);
    return new BlockPool(layer, lookupLength, memory, store, policy, loader);
  }

  private static PoolMemory memory(int slots) {
    return new PoolMemory(
        FarBuffer.tensor(slots * 28L, 4),
        FarBuffer.tensor(slots * 12L, 0),
        slots,
        DeviceCopies.BY_HOST);
  }

  /// Asks for blocks one by one, and then which ones are there.
  private int[] left(ReplacementPolicy policy, int slots, int... asked) {
    BlockPool pool = pool(0, 1, slots, policy);
    for (int block : asked) {
      int slot = pool.resolve(new int[] {block})[0];
      Blocks.checkSlot(memory, slot, 0, block);
    }
    int[] blocks = pool.blocks();
    Arrays.sort(blocks);
    return blocks;
  }

  @Test
  void eachPolicyGivesUpItsBlock() {
    int[] asked = {1, 2, 1, 1, 3, 2, 4};
    assertArrayEquals(new int[] {2, 3, 4}, left(new ReplacementPolicy.Lru(), 3, asked));
    assertArrayEquals(new int[] {2, 3, 4}, left(new ReplacementPolicy.Fifo(), 3, asked));
    assertArrayEquals(
        new int[] {1, 2, 4}, left(new ReplacementPolicy.FrequencyScore(0.9), 3, asked));
    int[] again = {1, 2, 3, 1, 4};
    assertArrayEquals(new int[] {1, 3, 4}, left(new ReplacementPolicy.Lru(), 3, again));
    assertArrayEquals(new int[] {2, 3, 4}, left(new ReplacementPolicy.Fifo(), 3, again));
  }

  @Test
  void theFrequencyScoreOfABlockThatIsAskedForKeepsItsHistory() {
    // Scores before block 3 comes: block 1 has 0.5^4 + 0.5^3 + 0.5^2, block 2 has 0.5.
    int[] asked = {1, 1, 1, 2, 3};
    assertArrayEquals(new int[] {2, 3}, left(new ReplacementPolicy.FrequencyScore(0.5), 2, asked));
    // With slow decay 0.9^4 + 0.9^3 + 0.9^2 is more than 0.9.
    assertArrayEquals(new int[] {1, 3}, left(new ReplacementPolicy.FrequencyScore(0.9), 2, asked));
  }

  @Test
  void policiesHaveTheirPublishedNames() {
    for (String name : ReplacementPolicy.NAMES) {
      assertEquals(
          ReplacementPolicy.named(name, 0.1).getClass(),
          ReplacementPolicy.named(name, 0.2).getClass());
    }
    IllegalArgumentException unknown =
        assertThrows(IllegalArgumentException.class, () -> ReplacementPolicy.named("mru", 0.1));
    assertEquals(
        "no cache strategy 'mru'. Fix: use one of [lru, lru-s, fifo].", unknown.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> ReplacementPolicy.named("lru-s", Double.NaN));
  }

  @Test
  void aPoolHoldsAtLeastOneLookup() {
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class, () -> pool(0, 64, 32, new ReplacementPolicy.Lru()));
    assertEquals(
        "block pool: a lookup asks for 64 blocks at once, the pool has 32 slots. Fix:"
            + " --max-cached-block of at least --topk, better twice that.",
        error.getMessage());
  }

  @Test
  void blocksThatAreNotThereAreRefused() {
    BlockPool pool = pool(1, 3, 4, new ReplacementPolicy.Lru());
    assertThrows(IllegalArgumentException.class, () -> pool.begin(new int[] {BLOCKS}));
    assertThrows(IllegalArgumentException.class, () -> pool.begin(new int[] {1, 2, 3, 4}));
    assertArrayEquals(new int[] {0, 0, 1}, pool.resolve(new int[] {-1, 5, 6}));
  }

  @Test
  void countersAddUp() {
    BlockPool pool = pool(1, 3, 4, new ReplacementPolicy.Lru());
    pool.resolve(new int[] {1, 2, 3});
    pool.resolve(new int[] {4, 5, 5});
    PoolCounters counters = pool.counters();
    assertEquals(1, counters.hits());
    assertEquals(5, counters.misses());
    assertEquals(1, counters.evictions());
    assertEquals(5 * 40, counters.uploadedBytes());
    assertEquals(1.0 / 6, counters.hitRate());
    assertEquals(2, counters.plus(counters).hits());
  }

  @Test
  void aFailedLoadEndsItsLookupAndNothingElse() {
    BlockPool pool = pool(0, 3, 4, new ReplacementPolicy.Lru());
    pool.resolve(new int[] {1, 2});
    disk.get().failsReads = true;
    CacheException error =
        assertThrows(CacheException.class, () -> pool.resolve(new int[] {1, 7, 2}));
    assertEquals(Kind.FILE_ERROR, error.kind());
    assertArrayEquals(new int[] {1, 2}, pool.blocks());
    try (BlockStore other = new MemoryBlockStore(1, 40, 1 << 20);
        BlockLoader its = BlockLoader.asynchronous(40)) {
      Blocks.append(other, 0);
      PoolMemory slots = memory(2);
      BlockPool unharmed = new BlockPool(0, 1, slots, other, new ReplacementPolicy.Lru(), its);
      Blocks.checkSlot(slots, unharmed.resolve(new int[] {0})[0], 0, 0);
    }
    disk.get().failsReads = false;
    int[] found = pool.resolve(new int[] {1, 7, 2});
    Blocks.checkSlot(memory, found[1], 0, 7);
  }

  @Test
  @Timeout(20)
  void cancellingEndsTheWaitAtOnceAndTheNextLookupIsRight() {
    for (int round = 0; round < 200; round++) {
      BlockPool pool = pool(0, 3, 4, new ReplacementPolicy.Lru());
      disk.get().hangingReads = new CountDownLatch(1);
      int[] blocks = {round % 7, 10 + round % 5, 20};
      pool.begin(blocks);
      Thread.startVirtualThread(loader::cancel);
      CacheException error = assertThrows(CacheException.class, pool::await);
      assertEquals(Kind.CANCELLED, error.kind());
      disk.get().hangingReads.countDown();
      int[] found = pool.resolve(blocks);
      for (int i = 0; i < blocks.length; i++) {
        Blocks.checkSlot(memory, found[i], 0, blocks[i]);
      }
    }
  }

  @Test
  @Timeout(20)
  void anInterruptEndsTheWait() {
    BlockPool pool = pool(0, 3, 4, new ReplacementPolicy.Lru());
    disk.get().hangingReads = new CountDownLatch(1);
    pool.begin(new int[] {1});
    Thread.currentThread().interrupt();
    CacheException error = assertThrows(CacheException.class, pool::await);
    assertEquals(Kind.CANCELLED, error.kind());
    assertTrue(Thread.interrupted());
    disk.get().hangingReads.countDown();
    pool.await();
  }

  @Test
  @Timeout(20)
  void closingEndsTheWait() {
    BlockPool pool = pool(0, 3, 4, new ReplacementPolicy.Lru());
    CountDownLatch reads = new CountDownLatch(1);
    disk.get().hangingReads = reads;
    pool.begin(new int[] {1, 2});
    disk.get().begunReads.acquireUninterruptibly();
    Thread closing = Thread.startVirtualThread(loader::close);
    CacheException error = assertThrows(CacheException.class, pool::await);
    assertEquals(Kind.CLOSED, error.kind());
    assertTrue(closing.isAlive(), "a load is under way, and its memory with it");
    reads.countDown();
  }

  @Test
  void aLookupOfBlocksThatAreThereAllocatesNothing() {
    for (ReplacementPolicy policy :
        new ReplacementPolicy[] {
          new ReplacementPolicy.Lru(),
          new ReplacementPolicy.FrequencyScore(0.1),
          new ReplacementPolicy.Fifo()
        }) {
      BlockPool pool = pool(0, 16, 64, policy);
      int[] blocks = new int[16];
      Arrays.setAll(blocks, i -> 3 * i);
      ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 20; round++) {
        long before = thread.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
          pool.resolve(blocks);
        }
        least = Math.min(least, thread.getCurrentThreadAllocatedBytes() - before);
      }
      // What is allocated in the first rounds is by the JVM, which links code.
      assertEquals(0, least, policy::toString);
    }
  }
}
