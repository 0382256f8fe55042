package org.jgml.kvcache.tier;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Brings blocks from a store to the pools of one session, one after another in the order in which
/// they were asked for: on the thread that asks, or on a thread of its own.
///
/// Because the order is kept, a slot that is given to a second block before the first has come
/// holds the second in the end. One thread asks and waits; any thread may cancel. Close it before
/// the store and the buffers of the pools.
public final class BlockLoader implements AutoCloseable {
  /// Loads that may be under way; asking for more waits.
  private static final int QUEUE_LENGTH = 4096;

  /// Loads of one pool that are copied to its device together.
  private static final int TOGETHER = 16;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment staging;
  private final Thread thread;
  private final BlockPool[] pools = new BlockPool[QUEUE_LENGTH];
  private final int[] blocks = new int[QUEUE_LENGTH];
  private final int[] slots = new int[QUEUE_LENGTH];
  private long submitted;
  private volatile long finished;
  private volatile long cancelled;
  private boolean closed;

  private BlockLoader(long blockBytes, boolean ownThread) {
    staging = arena.allocate((ownThread ? TOGETHER : 1) * blockBytes, 64);
    thread =
        ownThread
            ? Thread.ofPlatform().daemon().name("jgml block loader").unstarted(this::run)
            : null;
  }

  /// Loads while the caller waits.
  public static BlockLoader synchronous(long blockBytes) {
    return new BlockLoader(blockBytes, false);
  }

  /// Loads on a thread of its own, while the caller does something else.
  public static BlockLoader asynchronous(long blockBytes) {
    BlockLoader loader = new BlockLoader(blockBytes, true);
    loader.thread.start();
    return loader;
  }

  /// Bytes of blocks that are on their way together.
  long stagingBytes() {
    return staging.byteSize();
  }

  /// Asks for a block to be put into a slot of a pool.
  ///
  /// @return the number of this load: they are finished in ascending order
  long submit(BlockPool pool, int block, int slot) {
    if (thread == null) {
      long load = ++submitted;
      pool.load(load, new int[] {block}, new int[] {slot}, staging);
      finished = load;
      return load;
    }
    synchronized (this) {
      while (submitted - finished == QUEUE_LENGTH) {
        sleep();
      }
      int at = (int) (submitted % QUEUE_LENGTH);
      pools[at] = pool;
      blocks[at] = block;
      slots[at] = slot;
      submitted++;
      notifyAll();
      return submitted;
    }
  }

  /// All loads up to this number are finished, well or not.
  long finished() {
    return finished;
  }

  /// Loads up to this number that are not finished are given up.
  long cancelled() {
    return cancelled;
  }

  /// Waits for a load and all before it.
  ///
  /// @return whether there was anything to wait for
  /// @throws CacheException if loads were cancelled, or this thread was interrupted
  synchronized boolean await(long load) {
    if (load <= finished) {
      return false;
    }
    while (finished < load) {
      if (load <= cancelled) {
        throw cancellation();
      }
      sleep();
    }
    return true;
  }

  private static CacheException cancellation() {
    return new CacheException(CacheException.Kind.CANCELLED, "cache: loading blocks was cancelled");
  }

  private void sleep() {
    if (closed) {
      throw new CacheException(
          CacheException.Kind.CLOSED, "cache: the session was closed while it read blocks");
    }
    try {
      wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CacheException(
          CacheException.Kind.CANCELLED, "cache: interrupted while it read blocks", e);
    }
  }

  /// Gives up all loads that were asked for and are not finished. Whoever waits for them is told at
  /// once; loads asked for later are done. May be called by any thread.
  public synchronized void cancel() {
    cancelled = submitted;
    notifyAll();
  }

  private void run() {
    long first = 1;
    for (Batch batch = next(first); batch != null; batch = next(first)) {
      if (batch.isWanted()) {
        batch.pool().load(first, batch.blocks(), batch.slots(), staging);
      } else {
        batch.pool().failed(first, batch.slots()[0], cancellation());
      }
      synchronized (this) {
        first += batch.slots().length;
        finished = first - 1;
        notifyAll();
      }
    }
  }

  /// Loads of one pool, into slots that differ.
  private record Batch(BlockPool pool, int[] blocks, int[] slots, boolean isWanted) {}

  /// What is to be loaded now, from a load on; null if the loader was closed.
  private synchronized Batch next(long first) {
    while (submitted < first && !closed) {
      idle();
    }
    if (closed) {
      return null;
    }
    int at = (int) ((first - 1) % QUEUE_LENGTH);
    boolean isWanted = first > cancelled;
    int count = 1;
    while (isWanted && count < TOGETHER && first + count <= submitted && fits(at, count)) {
      count++;
    }
    Batch batch = new Batch(pools[at], new int[count], new int[count], isWanted);
    for (int i = 0; i < count; i++) {
      int from = (at + i) % QUEUE_LENGTH;
      batch.blocks()[i] = blocks[from];
      batch.slots()[i] = slots[from];
      pools[from] = null;
    }
    return batch;
  }

  /// Whether the load `count` behind `at` can be copied together with all before it.
  private boolean fits(int at, int count) {
    int next = (at + count) % QUEUE_LENGTH;
    for (int i = 0; i < count; i++) {
      int before = (at + i) % QUEUE_LENGTH;
      if (pools[before] != pools[next] || slots[before] == slots[next]) {
        return false;
      }
    }
    return true;
  }

  private void idle() {
    try {
      wait();
    } catch (InterruptedException _) {
      // Nobody has a reason to interrupt this thread; only closing ends it.
    }
  }

  /// Waits for the load that is under way, and gives up the others.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      notifyAll();
    }
    if (thread != null) {
      Threads.join(thread);
    }
    arena.close();
  }
}
