package org.jgml.kvcache.tier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever the size of the pool, the policy, the tier and the timing: a slot holds, bit for bit,
/// the block that was asked for. To replay a failure, set `FIRST_SEED` to the seed it names.
final class ResidencyIsInvisibleTest {
  private static final long FIRST_SEED = 0;
  private static final int SCHEDULES = 10_000;
  private static final int MAX_DELAY_NANOS = 10_000;

  @TempDir private Path directory;

  @Test
  void slotsHoldTheBlocksThatWereAskedFor() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
      check(Schedule.random(seed));
    }
  }

  private void check(Schedule schedule) {
    try {
      List<Object> here =
          inMemory(schedule, store -> schedule.run(store, BlockLoader::synchronous));
      switch ((int) (schedule.seed() % 16)) {
        case 0 ->
            assertEquals(
                here, inMemory(schedule, store -> schedule.run(store, BlockLoader::asynchronous)));
        case 1 -> assertEquals(here, inMemory(schedule, store -> delayed(schedule, store)));
        case 2 ->
            assertEquals(
                here, inFile(schedule, store -> schedule.run(store, BlockLoader::synchronous)));
        case 3 -> assertEquals(here, inFile(schedule, store -> delayed(schedule, store)));
        default -> {}
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + schedule.seed() + ", " + schedule, e);
    }
  }

  private static List<Object> delayed(Schedule schedule, BlockStore store) {
    return schedule.run(new SlowStore(store, MAX_DELAY_NANOS), BlockLoader::asynchronous);
  }

  private static List<Object> inMemory(
      Schedule schedule, Function<BlockStore, List<Object>> history) {
    try (BlockStore store =
        new MemoryBlockStore(schedule.layers(), schedule.blockBytes(), 1 << 20)) {
      return history.apply(store);
    }
  }

  private List<Object> inFile(Schedule schedule, Function<BlockStore, List<Object>> history) {
    CacheShape shape = new CacheShape(schedule.layers(), schedule.blockBytes(), Map.of());
    try (BlockStore store = FileBlockStore.create(directory.resolve("blocks"), shape)) {
      return history.apply(store);
    }
  }
}
