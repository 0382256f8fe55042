package org.jgml.kvcache.tier;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jgml.kvcache.tier.CacheException.Kind;

/// Blocks in a file, so that a cache may be larger than the memory of the machine.
///
/// Blocks are written one after another by a thread of the store, from a queue of bounded length,
/// and read by position; the memory of the process does not grow with the file. Every block that is
/// read is compared with its checksum. The file is claimed as long as the store is open. It
/// vanishes when the store is closed, unless a saved session needs it.
public final class FileBlockStore implements BlockStore {
  private static final long QUEUE_BYTES = 16L << 20;
  private static final int MAX_QUEUE_LENGTH = 1024;

  private final Path path;
  private final BlockFile file;
  private final BlockFileHeader header;
  private final BlockLocations locations;
  private final BlockWriter writer;
  private final long blockBytes;
  private final int queueLength;
  private Path session;
  private long kept;
  private Path sessionBefore;
  private long keptBefore;
  private long next;
  private long readFromQueue;
  private long readFromFile;
  private boolean closed;

  private FileBlockStore(Path path, BlockFile file, BlockFileHeader header) {
    this.path = path;
    this.file = file;
    this.header = header;
    CacheShape shape = header.shape();
    blockBytes = shape.blockBytes();
    locations = new BlockLocations(shape.layers());
    long queueBlocks = Math.max(QUEUE_BYTES / blockBytes, 2L * shape.layers());
    queueLength = (int) Math.min(MAX_QUEUE_LENGTH, queueBlocks);
    writer = new BlockWriter(file, blockBytes, queueLength);
  }

  /// A new file. Overwrites one that an earlier process left behind and no saved session needs.
  ///
  /// @throws CacheException if the file cannot be made, or is something else
  public static FileBlockStore create(Path path, CacheShape shape) {
    return create(path, shape, UnaryOperator.identity());
  }

  /// The same with something between the store and the file.
  static FileBlockStore create(Path name, CacheShape shape, UnaryOperator<BlockFile> wrapper) {
    Path path = name.toAbsolutePath().normalize();
    if (shape.layers() < 1 || shape.blockBytes() < 1) {
      throw new IllegalArgumentException("no blocks can be stored for " + shape);
    }
    return BlockFiles.create(
        path,
        file -> {
          BlockFileHeader header = new BlockFileHeader(UUID.randomUUID(), shape);
          header.write(file);
          return new FileBlockStore(path, wrapper.apply(file), header);
        });
  }

  /// The file of a saved session, in place: nothing is read but its header.
  ///
  /// @param session the saved session
  /// @throws CacheException if it is not the file that the session was saved with, or not whole
  static FileBlockStore open(Path path, CacheShape shape, BlockIndex index, Path session) {
    return BlockFiles.open(
        path,
        file -> {
          BlockFileHeader header = BlockFileHeader.read(file, path);
          refuseIfForeign(path, header, shape, index, session);
          FileBlockStore store = new FileBlockStore(path, file, header);
          try {
            store.adopt(index, session);
          } catch (IOException | RuntimeException e) {
            store.writer.close();
            throw e;
          }
          return store;
        });
  }

  private static void refuseIfForeign(
      Path path, BlockFileHeader header, CacheShape shape, BlockIndex index, Path session) {
    String difference = header.shape().differenceFrom(shape, "the saved session");
    boolean isSame =
        header.identity().equals(index.identity()) && index.locations().length == shape.layers();
    if (!isSame || !difference.isEmpty()) {
      throw CacheException.ofFile(
          Kind.FOREIGN,
          path,
          "does not belong to the saved session %s: %s"
              .formatted(session, difference.isEmpty() ? "it was made anew" : difference),
          "put back the file that was saved with it",
          null);
    }
  }

  private synchronized void adopt(BlockIndex index, Path owner) throws IOException {
    kept = index.positions();
    next = kept;
    session = owner;
    if (file.size() < position(kept)) {
      throw truncated(position(kept), null);
    }
    for (int layer = 0; layer < layers(); layer++) {
      for (long location : index.locations()[layer]) {
        locations.append(layer, location);
      }
    }
  }

  private long position(long block) {
    return BlockFileHeader.BYTES + block * blockBytes;
  }

  private CacheException truncated(long needed, Throwable cause) throws IOException {
    return CacheException.ofFile(
        Kind.DAMAGED,
        path,
        "is truncated: %,d bytes are needed, it has %,d".formatted(needed, file.size()),
        "read the text again",
        cause);
  }

  /// Where the file is.
  public Path path() {
    return path;
  }

  @Override
  public int layers() {
    return locations.layers();
  }

  @Override
  public long blockBytes() {
    return blockBytes;
  }

  @Override
  public synchronized int count(int layer) {
    return locations.count(layer);
  }

  @Override
  public synchronized int append(int layer, MemorySegment block) {
    throwIfClosed();
    checkSize(block);
    try {
      int checksum = writer.add(block, position(next));
      return locations.append(layer, BlockIndex.location(next++, checksum));
    } catch (IOException e) {
      throw unwritten(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private CacheException unwritten(IOException cause) {
    String problem =
        "a block of %,d bytes could not be written after %,d blocks"
            .formatted(blockBytes, writer.written());
    return BlockFiles.unwritten(path, problem, queueLength * blockBytes, cause);
  }

  private CacheException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return CacheException.ofFile(
        Kind.CANCELLED, path, "interrupted while blocks were written", "try again", cause);
  }

  @Override
  public void read(int layer, int block, MemorySegment target) {
    long location;
    checkSize(target);
    synchronized (this) {
      throwIfClosed();
      location = locations.location(layer, block);
      if (writer.read(position(BlockIndex.position(location)), target)) {
        readFromQueue += blockBytes;
        return;
      }
      readFromFile += blockBytes;
    }
    long position = position(BlockIndex.position(location));
    try {
      readWritten(position, target);
    } catch (IOException e) {
      throw CacheException.ofFile(
          Kind.FILE_ERROR,
          path,
          "block %d of layer %d at byte %,d cannot be read: %s"
              .formatted(block, layer, position, e.getMessage()),
          "check the disk, then read the text again",
          e);
    }
    int checksum = Checksum.of(target);
    if (checksum != BlockIndex.checksum(location)) {
      throw CacheException.ofFile(
          Kind.DAMAGED,
          path,
          "block %d of layer %d at byte %,d has the checksum %08x instead of %08x"
              .formatted(block, layer, position, checksum, BlockIndex.checksum(location)),
          "read the text again",
          null);
    }
  }

  private void readWritten(long position, MemorySegment target) throws IOException {
    try {
      file.read(position, target);
    } catch (EOFException e) {
      throw truncated(position + blockBytes, e);
    }
  }

  private void checkSize(MemorySegment bytes) {
    if (bytes.byteSize() != blockBytes) {
      throw new IllegalArgumentException(
          "a block has %,d bytes, not %,d".formatted(blockBytes, bytes.byteSize()));
    }
  }

  private void throwIfClosed() {
    if (closed) {
      throw CacheException.ofFile(
          Kind.CLOSED, path, "the session is closed", "make a new session", null);
    }
  }

  /// Blocks of the saved session stay in the file; new ones go behind them.
  @Override
  public synchronized void clear() {
    throwIfClosed();
    try {
      writer.clear();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    locations.clear();
    next = kept;
  }

  @Override
  public synchronized void flush() {
    throwIfClosed();
    try {
      writer.drain();
    } catch (IOException e) {
      throw unwritten(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /// Whether this file may be part of the session that is saved at `target`: it is of no other.
  synchronized boolean isFreeFor(Path target) {
    return session == null || session.equals(target);
  }

  /// Makes the blocks that there are part of the session that is saved at `target`.
  synchronized BlockIndex keep(Path target) {
    flush();
    try {
      BlockFileHeader.keep(file, true);
      file.force();
    } catch (IOException e) {
      throw unwritten(e);
    }
    sessionBefore = session;
    keptBefore = kept;
    session = target;
    kept = next;
    return new BlockIndex(header.identity(), locations.copy());
  }

  /// Undoes the last [#keep], because the session was not saved after all.
  synchronized void giveUp() throws IOException {
    session = sessionBefore;
    kept = keptBefore;
    BlockFileHeader.keep(file, session != null);
  }

  @Override
  public synchronized StoreCounters counters() {
    return new StoreCounters(
        locations.total(),
        queueLength * blockBytes,
        position(next),
        readFromQueue,
        readFromFile,
        writer.written() * blockBytes,
        writer.waits());
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    writer.close();
    try (file) {
      if (session == null) {
        Files.deleteIfExists(path);
      } else {
        file.truncate(position(kept));
      }
    } catch (IOException e) {
      throw CacheException.ofFile(
          Kind.FILE_ERROR, path, "cannot be closed: " + e.getMessage(), "check the disk", e);
    }
  }
}
