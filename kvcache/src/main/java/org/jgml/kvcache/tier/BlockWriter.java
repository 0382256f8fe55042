package org.jgml.kvcache.tier;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Writes blocks to a file on a thread of its own, in the order in which they come, from a queue of
/// bounded length. What is in the queue can be read. After a write that failed it keeps what it
/// has, takes nothing more, and says why, until it is cleared.
final class BlockWriter implements AutoCloseable {
  private final BlockFile file;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment[] queue;
  private final long[] positions;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("jgml block writer").unstarted(this::run);
  private long added;
  private long written;
  private long waits;
  private IOException failure;
  private boolean closed;

  BlockWriter(BlockFile file, long blockBytes, int queueLength) {
    this.file = file;
    queue = new MemorySegment[queueLength];
    MemorySegment bytes = arena.allocate(blockBytes * queueLength, 64);
    Arrays.setAll(queue, at -> bytes.asSlice(at * blockBytes, blockBytes));
    positions = new long[queueLength];
    thread.start();
  }

  /// Queues a copy of a block; waits while the queue is full.
  ///
  /// @param position byte of the file where it goes
  /// @return the checksum of the block
  /// @throws IOException if an earlier block could not be written
  synchronized int add(MemorySegment block, long position)
      throws IOException, InterruptedException {
    if (added - written == queue.length) {
      waits++;
    }
    while (added - written == queue.length && failure == null) {
      wait();
    }
    throwIfFailed();
    int at = (int) (added % queue.length);
    queue[at].copyFrom(block);
    positions[at] = position;
    added++;
    notifyAll();
    return Checksum.of(queue[at]);
  }

  /// Copies a block that is not written yet.
  ///
  /// @return whether it is in the queue
  synchronized boolean read(long position, MemorySegment target) {
    for (long each = written; each < added; each++) {
      int at = (int) (each % queue.length);
      if (positions[at] == position) {
        target.copyFrom(queue[at]);
        return true;
      }
    }
    return false;
  }

  /// Waits until everything is written.
  ///
  /// @throws IOException if something could not be
  synchronized void drain() throws IOException, InterruptedException {
    while (written < added && failure == null) {
      wait();
    }
    throwIfFailed();
  }

  private void throwIfFailed() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  synchronized long written() {
    return written;
  }

  synchronized long waits() {
    return waits;
  }

  /// Forgets what could not be written, and takes blocks again.
  synchronized void clear() throws InterruptedException {
    while (written < added && failure == null) {
      wait();
    }
    added = written;
    failure = null;
  }

  private void run() {
    for (int at = next(); at >= 0; at = next()) {
      try {
        file.write(positions[at], queue[at]);
        wrote();
      } catch (IOException e) {
        failed(e);
      } catch (RuntimeException | Error e) {
        failed(new IOException(e));
      }
    }
  }

  /// The next block to write, or -1 to end.
  private synchronized int next() {
    while ((written == added || failure != null) && !closed) {
      try {
        wait();
      } catch (InterruptedException _) {
        // Nobody has a reason to interrupt this thread; only closing ends it.
      }
    }
    return closed ? -1 : (int) (written % queue.length);
  }

  private synchronized void wrote() {
    written++;
    notifyAll();
  }

  private synchronized void failed(IOException cause) {
    failure = cause;
    notifyAll();
  }

  /// Waits for the block that is being written, and drops the others.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      notifyAll();
    }
    Threads.join(thread);
    arena.close();
  }
}
