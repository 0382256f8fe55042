package org.jgml.kvcache.tier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Whatever the size of the pool, the policy, the tier and the timing: a slot holds, bit for bit,
/// the block that was asked for. To replay a failure, set `FIRST_SEED` to the seed it names.
final class ResidencyIsInvisibleTest {
  private static final long FIRST_SEED = 0;
  private static final int SCHEDULES = 10_000;
  private static final int MAX_DELAY_NANOS = 20_000;

  @Test
  void slotsHoldTheBlocksThatWereAskedFor() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
      Schedule schedule = Schedule.random(seed);
      List<Object> here = inMemory(schedule, false);
      if (seed % 4 == 0) {
        assertEquals(here, inMemory(schedule, true), schedule::toString);
      }
    }
  }

  private static List<Object> inMemory(Schedule schedule, boolean isDelayed) {
    try (BlockStore store =
        new MemoryBlockStore(schedule.layers(), schedule.blockBytes(), 1 << 20)) {
      return isDelayed
          ? schedule.run(new SlowStore(store, MAX_DELAY_NANOS), BlockLoader::asynchronous)
          : schedule.run(store, BlockLoader::synchronous);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + schedule.seed() + ", " + schedule, e);
    }
  }
}
