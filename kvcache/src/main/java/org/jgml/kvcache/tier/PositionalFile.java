package org.jgml.kvcache.tier;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// A file of the operating system.
///
/// Reads and writes copy rather than map: a page that cannot be read or written, because the disk
/// is full or broken or somebody cut the file, is then an exception where mapped memory raises a
/// signal, in whatever code touches it; and the memory of the process does not grow by what it
/// reads. The channel is an asynchronous one because an interrupt of a thread closes the others;
/// its operations run on the calling thread all the same.
final class PositionalFile implements BlockFile {
  private final AsynchronousFileChannel channel;

  private PositionalFile(AsynchronousFileChannel channel) {
    this.channel = channel;
  }

  static PositionalFile open(Path path, Set<? extends OpenOption> options) throws IOException {
    return new PositionalFile(AsynchronousFileChannel.open(path, options, new CallingThread()));
  }

  /// Claims the file until it is closed.
  ///
  /// @return false if somebody else, in this process or another, has done so
  boolean lock() throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }

  @Override
  public void read(long position, MemorySegment target) throws IOException {
    ByteBuffer bytes = target.asByteBuffer();
    while (bytes.hasRemaining()) {
      if (done(channel.read(bytes, position + bytes.position())) < 0) {
        throw new EOFException("the file ends at byte " + channel.size());
      }
    }
  }

  @Override
  public void write(long position, MemorySegment source) throws IOException {
    ByteBuffer bytes = source.asByteBuffer();
    while (bytes.hasRemaining()) {
      done(channel.write(bytes, position + bytes.position()));
    }
  }

  /// The result of an operation, which ended before this is called.
  private static int done(Future<Integer> operation) throws IOException {
    try {
      return operation.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError("an operation that ended is not waited for", e);
    }
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public void truncate(long size) throws IOException {
    channel.truncate(size);
  }

  @Override
  public void force() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /// Runs each task before it returns.
  private static final class CallingThread extends AbstractExecutorService {
    private volatile boolean ended;

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public void shutdown() {
      ended = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      ended = true;
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return ended;
    }

    @Override
    public boolean isTerminated() {
      return ended;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return ended;
    }
  }
}
