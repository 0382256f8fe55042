package org.jgml.kvcache.tier;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/// A random history of a cache: what is sealed, asked for and foreseen, and by which pool. The same
/// seed gives the same history, whatever the store and the loader are.
///
/// @param keyBytes bytes of the keys of a block
/// @param valueBytes bytes of the values of a block
/// @param lookupLength blocks that a lookup asks for
/// @param slots slots of the pool of each layer
record Schedule(
    long seed,
    int layers,
    int keyBytes,
    int valueBytes,
    int lookupLength,
    int slots,
    ReplacementPolicy policy) {
  private static final int STEPS = 24;
  private static final ReplacementPolicy[] POLICIES = {
    new ReplacementPolicy.Lru(), new ReplacementPolicy.FrequencyScore(0.1),
    new ReplacementPolicy.FrequencyScore(0.9), new ReplacementPolicy.Fifo()
  };

  static Schedule random(long seed) {
    Random random = new Random(seed);
    int lookupLength = 1 + random.nextInt(6);
    return new Schedule(
        seed,
        1 + random.nextInt(3),
        4 * (1 + random.nextInt(16)),
        4 * (1 + random.nextInt(16)),
        lookupLength,
        lookupLength + random.nextInt(2 * lookupLength + 1),
        POLICIES[random.nextInt(POLICIES.length)]);
  }

  int blockBytes() {
    return keyBytes + valueBytes;
  }

  /// Runs the history and checks every slot after every lookup.
  ///
  /// @return all that is to be the same whatever the store and the loader are: slots and counters
  List<Object> run(BlockStore store, IntFunction<BlockLoader> loaders) {
    try (BlockLoader loader = loaders.apply(blockBytes())) {
      Random random = new Random(seed);
      List<PoolMemory> memories = new ArrayList<>();
      List<BlockPool> pools = new ArrayList<>();
      for (int layer = 0; layer < layers; layer++) {
        PoolMemory memory =
            new PoolMemory(
                FarBuffer.tensor((long) slots * keyBytes, 12),
                FarBuffer.tensor((long) slots * valueBytes, 0),
                slots,
                DeviceCopies.BY_HOST);
        memories.add(memory);
        pools.add(new BlockPool(layer, lookupLength, memory, store, policy, loader));
      }
      List<Object> trace = new ArrayList<>();
      for (int step = 0; step < STEPS; step++) {
        for (int layer = 0; layer < layers; layer++) {
          step(random, store, layer, pools.get(layer), memories.get(layer), trace);
        }
      }
      for (BlockPool pool : pools) {
        PoolCounters done = pool.counters();
        trace.add(List.of(done.hits(), done.misses(), done.evictions()));
      }
      return trace;
    }
  }

  private void step(
      Random random,
      BlockStore store,
      int layer,
      BlockPool pool,
      PoolMemory memory,
      List<Object> trace) {
    for (int i = random.nextInt(4); i > 0; i--) {
      Blocks.append(store, layer);
    }
    int[] blocks = lookup(random, store.count(layer));
    int[] found = pool.begin(blocks);
    trace.add(Arrays.hashCode(Arrays.copyOf(found, blocks.length)));
    pool.await();
    for (int i = 0; i < blocks.length; i++) {
      if (blocks[i] >= 0) {
        Blocks.checkSlot(memory, found[i], layer, blocks[i]);
      }
    }
  }

  /// Mostly recent or often used blocks, with repetitions and absent ones.
  private int[] lookup(Random random, int count) {
    int[] blocks = new int[1 + random.nextInt(lookupLength)];
    for (int i = 0; i < blocks.length; i++) {
      boolean isAbsent = count == 0 || random.nextInt(10) == 0;
      int range = random.nextBoolean() ? count : Math.min(count, 2 * lookupLength);
      blocks[i] = isAbsent ? -1 : random.nextInt(range);
    }
    return blocks;
  }
}
