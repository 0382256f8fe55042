package org.jgml.kvcache.tier;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The blocks of one layer that are on its device: a bounded number of slots, in front of a store.
///
/// A lookup names blocks and gets slots, at once; [#await] returns when the slots hold them. Slots
/// of the last lookup are not touched before the next. Which slots these are, and so what is loaded
/// when, depends on nothing but the lookups. Confined to one thread, but for the loads. Owns
/// nothing.
public final class BlockPool {
  private final int layer;
  private final BlockStore store;
  private final PoolMemory memory;
  private final BlockLoader loader;
  private final Residency residency;
  private final long[] lastLoad;
  private final int[] slots;
  private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
  private long awaited;
  private long hits;
  private long misses;
  private long evictions;
  private long waits;
  private long waitNanos;

  private record Failure(long load, int slot, Throwable cause) {}

  /// @param lookupLength blocks that one lookup may ask for
  /// @param memory the slots: at least as many as a lookup asks for
  /// @throws IllegalArgumentException if a lookup does not fit, or blocks of the store and of the
  ///   slots differ
  public BlockPool(
      int layer,
      int lookupLength,
      PoolMemory memory,
      BlockStore store,
      ReplacementPolicy policy,
      BlockLoader loader) {
    if (memory.slots() < lookupLength) {
      throw new IllegalArgumentException(
          "block pool: a lookup asks for %d blocks at once, the pool has %d slots. Fix: --max-cached-block of at least --topk, better twice that."
              .formatted(lookupLength, memory.slots()));
    }
    if (memory.blockBytes() != store.blockBytes()) {
      throw new IllegalArgumentException(
          "block pool: slots of %,d + %,d bytes, blocks of %,d bytes in the store"
              .formatted(memory.keyBytes(), memory.valueBytes(), store.blockBytes()));
    }
    this.layer = layer;
    this.store = store;
    this.memory = memory;
    this.loader = loader;
    this.residency = new Residency(memory.slots(), policy);
    this.lastLoad = new long[memory.slots()];
    this.slots = new int[lookupLength];
    memory.prepare(loader.stagingBytes());
  }

  /// Looks blocks up and starts to load those that are not here.
  ///
  /// @param blocks numbers of blocks, repetitions allowed; -1 for none
  /// @return their slots, in the same order, 0 for none: the pool's own array, until the next
  ///   lookup
  /// @throws IllegalArgumentException if they are too many, or the store has no such block
  public int[] begin(int[] blocks) {
    check(blocks);
    dropLostLoads();
    residency.beginLookup();
    awaited = 0;
    askForThoseHere(blocks);
    for (int i = 0; i < blocks.length; i++) {
      slots[i] = blocks[i] < 0 ? 0 : slot(blocks[i]);
    }
    return slots;
  }

  private void check(int[] blocks) {
    if (blocks.length > slots.length) {
      throw new IllegalArgumentException(
          "block pool of layer %d: a lookup of %d blocks, at most %d were agreed"
              .formatted(layer, blocks.length, slots.length));
    }
    int count = store.count(layer);
    for (int block : blocks) {
      if (block >= count) {
        throw new IllegalArgumentException(
            "block pool of layer %d: no block %d, there are %d".formatted(layer, block, count));
      }
    }
  }

  /// Keeps blocks that are here and asked for from making room for the others.
  private void askForThoseHere(int[] blocks) {
    for (int block : blocks) {
      int slot = block < 0 ? -1 : residency.find(block);
      if (slot >= 0) {
        residency.ask(slot);
      }
    }
  }

  private int slot(int block) {
    int slot = residency.find(block);
    if (slot < 0) {
      slot = load(block, residency.victim());
      residency.ask(slot);
      misses++;
    } else {
      hits++;
    }
    awaited = Math.max(awaited, lastLoad[slot]);
    return slot;
  }

  private int load(int block, int slot) {
    lastLoad[slot] = loader.submit(this, block, slot);
    if (residency.block(slot) >= 0) {
      evictions++;
    }
    residency.put(block, slot);
    return slot;
  }

  /// Waits until the slots of the last lookup hold their blocks.
  ///
  /// @throws CacheException if a block could not be read, or loads were cancelled. The pool stays
  ///   usable: the next lookup loads what is missing
  public void await() {
    if (awaited > 0) {
      long start = System.nanoTime();
      if (loader.await(awaited)) {
        waits++;
        waitNanos += System.nanoTime() - start;
      }
    }
    Failure failure = dropFailedLoads();
    if (failure != null) {
      throw rethrown(failure.cause());
    }
  }

  /// Forgets blocks that did not come, or will not because their loads were cancelled.
  private void dropLostLoads() {
    // Read before the failures: those of loads that are finished by now are then among them.
    long finished = loader.finished();
    dropFailedLoads();
    long cancelled = loader.cancelled();
    if (finished < cancelled) {
      for (int slot = 0; slot < lastLoad.length; slot++) {
        if (lastLoad[slot] > finished && lastLoad[slot] <= cancelled) {
          residency.drop(slot);
        }
      }
    }
  }

  /// Forgets blocks that did not come.
  ///
  /// @return the failure of a block that the last lookup asked for, or null
  private Failure dropFailedLoads() {
    Failure asked = null;
    for (Failure failure = failures.poll(); failure != null; failure = failures.poll()) {
      if (lastLoad[failure.slot()] == failure.load()) {
        asked = residency.isAsked(failure.slot()) ? failure : asked;
        residency.drop(failure.slot());
      }
    }
    return asked;
  }

  private static RuntimeException rethrown(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return (RuntimeException) cause;
  }

  /// Looks blocks up and waits until they are here: [#begin] and [#await].
  public int[] resolve(int[] blocks) {
    int[] found = begin(blocks);
    await();
    return found;
  }

  /// The blocks that are here, by slot.
  public int[] blocks() {
    return residency.blocks();
  }

  /// Forgets what is here, because the store was cleared.
  public void clear() {
    residency.clear();
    awaited = 0;
  }

  /// What the pool did so far.
  public PoolCounters counters() {
    long uploaded = misses * memory.blockBytes();
    return new PoolCounters(hits, misses, evictions, uploaded, waits, waitNanos);
  }

  /// Called by the loader, on its thread: loads that follow each other, into slots that differ.
  ///
  /// @param first number of the first
  /// @param staging room for all
  void load(long first, int[] wanted, int[] targets, MemorySegment staging) {
    try {
      read(first, wanted, targets, memory.copies().staging(staging));
    } catch (RuntimeException | Error e) {
      for (int i = 0; i < wanted.length; i++) {
        failed(first + i, targets[i], e);
      }
    }
  }

  private void read(long first, int[] wanted, int[] targets, MemorySegment staging) {
    long bytes = memory.blockBytes();
    int[] readSlots = new int[wanted.length];
    long[] readLoads = new long[wanted.length];
    int count = 0;
    for (int i = 0; i < wanted.length; i++) {
      try {
        store.read(layer, wanted[i], staging.asSlice(count * bytes, bytes));
        readSlots[count] = targets[i];
        readLoads[count++] = first + i;
      } catch (RuntimeException | Error e) {
        failed(first + i, targets[i], e);
      }
    }
    try {
      memory.upload(staging, Arrays.copyOf(readSlots, count));
    } catch (RuntimeException | Error e) {
      for (int i = 0; i < count; i++) {
        failed(readLoads[i], readSlots[i], e);
      }
    }
  }

  /// Called by the loader: a load that did not happen.
  void failed(long load, int slot, Throwable cause) {
    failures.add(new Failure(load, slot, cause));
  }
}
