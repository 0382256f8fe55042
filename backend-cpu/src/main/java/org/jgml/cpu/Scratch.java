package org.jgml.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory for intermediate values of kernels: some for each worker, some that all workers share.
///
/// Kernels reserve what they need while they are bound; the memory is there once all are. Steps run
/// one after another and use the same memory, except for prepared activations, which outlive a
/// step.
final class Scratch implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment[] perWorker;
  private MemorySegment shared;
  private MemorySegment prepared;
  private long workerBytes;
  private long sharedBytes;
  private long preparedBytes;

  Scratch(int workers) {
    perWorker = new MemorySegment[workers];
  }

  /// What one step reserves; its offsets begin at 0.
  final class Frame {
    private long usedByWorker;
    private long usedByAll;

    /// Reserves bytes for each worker, at the returned offset of [#ofWorker].
    long reserve(long bytes) {
      long offset = usedByWorker;
      usedByWorker += aligned(bytes);
      workerBytes = Math.max(workerBytes, usedByWorker);
      return offset;
    }

    /// Reserves bytes for all workers together, at the returned offset of [#shared].
    long reserveShared(long bytes) {
      long offset = usedByAll;
      usedByAll += aligned(bytes);
      sharedBytes = Math.max(sharedBytes, usedByAll);
      return offset;
    }

    int workers() {
      return perWorker.length;
    }

    /// The memory of a worker.
    MemorySegment ofWorker(int worker) {
      return perWorker[worker];
    }

    /// The memory of all workers.
    MemorySegment shared() {
      return shared;
    }
  }

  /// Space for the next step.
  Frame frame() {
    return new Frame();
  }

  /// Reserves bytes for prepared activations, which lie in [#prepared] from offset 0 on.
  void reservePrepared(long bytes) {
    preparedBytes = Math.max(preparedBytes, bytes);
  }

  MemorySegment prepared() {
    return prepared;
  }

  /// Allocates what was reserved.
  void allocate() {
    shared = arena.allocate(aligned(sharedBytes), ALIGNMENT);
    prepared = arena.allocate(aligned(preparedBytes), ALIGNMENT);
    for (int i = 0; i < perWorker.length; i++) {
      perWorker[i] = arena.allocate(aligned(workerBytes), ALIGNMENT);
    }
  }

  private static long aligned(long bytes) {
    return Math.ceilDiv(Math.max(bytes, 1), ALIGNMENT) * ALIGNMENT;
  }

  @Override
  public void close() {
    arena.close();
  }
}
