package org.jgml.kvcache.tier;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/// A file on a disk that fills up, or whose reads hang or fail as long as the test wants.
final class FaultyFile implements BlockFile {
  private final BlockFile file;
  private final long capacity;
  volatile CountDownLatch hangingReads = new CountDownLatch(0);
  volatile CountDownLatch hangingWrites = new CountDownLatch(0);
  volatile boolean failsReads;

  /// A permit for each read that has begun.
  final Semaphore begunReads = new Semaphore(0);

  FaultyFile(BlockFile file, long capacity) {
    this.file = file;
    this.capacity = capacity;
  }

  @Override
  public void read(long position, MemorySegment target) throws IOException {
    begunReads.release();
    await(hangingReads);
    if (failsReads) {
      throw new IOException("Input/output error");
    }
    file.read(position, target);
  }

  @Override
  public void write(long position, MemorySegment source) throws IOException {
    await(hangingWrites);
    long room = Math.max(0, capacity - position);
    if (source.byteSize() > room) {
      file.write(position, source.asSlice(0, room));
      throw new IOException("No space left on device");
    }
    file.write(position, source);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  public void truncate(long size) throws IOException {
    file.truncate(size);
  }

  @Override
  public void force() throws IOException {
    file.force();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
