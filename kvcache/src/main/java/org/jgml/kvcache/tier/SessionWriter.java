package org.jgml.kvcache.tier;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// Saves a session: its tensors go to one file, its blocks to another beside it, unless they are in
/// a file that no other saved session has, which is then kept as it is.
///
/// Nothing is changed at the path before [#commit], which puts the new file in place of an old one
/// at once; a process that is killed leaves either. Confined to one thread.
public final class SessionWriter implements AutoCloseable {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int ALIGNMENT = 64;

  private final Path path;
  private final Path partial;
  private final CacheShape shape;
  private final PositionalFile file;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment chunk = arena.allocate(CHUNK_BYTES, ALIGNMENT);
  private final Map<String, SavedTensor> tensors = new LinkedHashMap<>();
  private BlockStore blocks;
  private long end = SessionFileHeader.BYTES;

  private SessionWriter(Path path, Path partial, CacheShape shape, PositionalFile file) {
    this.path = path;
    this.partial = partial;
    this.shape = shape;
    this.file = file;
  }

  /// Begins to save at a path, where a session may be that is to be replaced.
  ///
  /// @throws CacheException if no file can be made beside it, or something else is there
  public static SessionWriter create(Path path, CacheShape shape) {
    Path whole = path.toAbsolutePath().normalize();
    refuseIfForeign(whole);
    Path partial = whole.resolveSibling(whole.getFileName() + "." + UUID.randomUUID() + ".partial");
    try {
      PositionalFile file =
          PositionalFile.open(
              partial, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
      return new SessionWriter(whole, partial, shape, file);
    } catch (IOException e) {
      throw BlockFiles.unwritten(whole, "cannot be saved", SessionFileHeader.BYTES, e);
    }
  }

  private static void refuseIfForeign(Path path) {
    try {
      if (!Files.exists(path) || SavedSession.isOne(path)) {
        return;
      }
    } catch (IOException e) {
      throw BlockFiles.unwritten(path, "cannot be saved", SessionFileHeader.BYTES, e);
    }
    throw CacheException.ofFile(
        CacheException.Kind.NOT_AVAILABLE,
        path,
        "exists, and is not a saved session",
        "name another file, or delete this one",
        null);
  }

  /// Saves numbers.
  public void ints(String name, int... values) {
    TensorType type = TensorType.of(DataType.I32, Math.max(1, values.length));
    MemorySegment bytes = MemorySegment.ofArray(values);
    save(
        name,
        type,
        bytes.byteSize(),
        (at, target) -> MemorySegment.copy(bytes, at, target, 0, target.byteSize()));
  }

  /// Saves a tensor, or as much of it as is in use.
  ///
  /// @param bytes how many of its bytes, from the first on
  public void tensor(String name, Tensor tensor, long bytes) {
    if (bytes < 0 || bytes > tensor.type().bytes()) {
      throw new IllegalArgumentException(
          "'%s' (%s) has %,d bytes, not %,d"
              .formatted(name, tensor.type(), tensor.type().bytes(), bytes));
    }
    save(
        name,
        tensor.type(),
        bytes,
        (at, target) -> tensor.buffer().download(tensor.start() + at, target));
  }

  /// Copies what is to be saved, from a byte on.
  @FunctionalInterface
  private interface Source {
    void copy(long from, MemorySegment target);
  }

  private void save(String name, TensorType type, long bytes, Source source) {
    long start = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    CRC32C checksum = new CRC32C();
    for (long done = 0; done < bytes; done += CHUNK_BYTES) {
      MemorySegment part = chunk.asSlice(0, Math.min(CHUNK_BYTES, bytes - done));
      source.copy(done, part);
      checksum.update(part.asByteBuffer());
      write(start + done, part);
    }
    end = start + bytes;
    SavedTensor saved = new SavedTensor(type, start, bytes, (int) checksum.getValue());
    if (tensors.putIfAbsent(name, saved) != null) {
      throw new IllegalArgumentException("'%s' is saved twice".formatted(name));
    }
  }

  private void write(long position, MemorySegment bytes) {
    try {
      file.write(position, bytes);
    } catch (IOException e) {
      throw failure(bytes.byteSize(), e);
    }
  }

  private CacheException failure(long bytes, IOException cause) {
    return BlockFiles.unwritten(path, "cannot be saved", bytes, cause);
  }

  /// Saves, at [#commit], the blocks of a store, which must then still be open.
  public void blocks(BlockStore store) {
    blocks = store;
  }

  /// Ends saving: from now on the session is at its path.
  ///
  /// @throws CacheException if it cannot be; what was at the path before is still there
  public void commit() {
    SavedBlocks saved = blocks == null ? null : SavedBlocks.save(blocks, shape, path);
    try {
      BlockIndex index = saved == null ? null : saved.index();
      String blockFile = saved == null ? null : saved.nameBeside(path);
      writeContents(new SessionContents(shape, tensors, blockFile, index).encoded());
      file.force();
      Path old = SavedBlocks.copyOf(path);
      Files.move(
          partial, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      if (old != null && (saved == null || !old.equals(saved.file()))) {
        Files.deleteIfExists(old);
      }
    } catch (IOException e) {
      if (saved != null) {
        saved.discard(e);
      }
      throw failure(CHUNK_BYTES, e);
    }
  }

  private void writeContents(byte[] contents) throws IOException {
    MemorySegment bytes = MemorySegment.ofArray(contents);
    file.write(end, bytes);
    SessionFileHeader header = new SessionFileHeader(end, contents.length, Checksum.of(bytes));
    file.write(0, MemorySegment.ofArray(header.encoded()));
  }

  /// Ends saving; without a trace if it was not committed.
  @Override
  public void close() {
    arena.close();
    try (file) {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      throw failure(0, e);
    }
  }
}
