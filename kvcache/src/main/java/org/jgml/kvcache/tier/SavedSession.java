package org.jgml.kvcache.tier;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.TensorType;
import org.jgml.kvcache.tier.CacheException.Kind;

/// A session that [SessionWriter] saved. Nothing is read but its table of contents until it is
/// asked for; blocks stay in their file. Confined to one thread.
public final class SavedSession implements AutoCloseable {
  private static final int CHUNK_BYTES = 1 << 20;

  private final Path path;
  private final PositionalFile file;
  private final SessionContents contents;

  private SavedSession(Path path, PositionalFile file, SessionContents contents) {
    this.path = path;
    this.file = file;
    this.contents = contents;
  }

  /// Opens a saved session.
  ///
  /// @throws CacheException if it cannot be read, is not a saved session, or is damaged
  public static SavedSession open(Path path) {
    Path whole = path.toAbsolutePath().normalize();
    try {
      PositionalFile file = PositionalFile.open(whole, Set.of(StandardOpenOption.READ));
      try {
        return new SavedSession(whole, file, contents(file, whole));
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw CacheException.ofFile(
          Kind.FILE_ERROR, whole, "there is no such file", "name a saved session", e);
    } catch (IOException e) {
      throw unreadable(whole, e);
    }
  }

  private static SessionContents contents(BlockFile file, Path path) throws IOException {
    SessionFileHeader header = SessionFileHeader.read(file, path);
    byte[] contents = new byte[Math.toIntExact(header.contentsBytes())];
    MemorySegment bytes = MemorySegment.ofArray(contents);
    file.read(header.contentsStart(), bytes);
    if (Checksum.of(bytes) != header.contentsChecksum()) {
      throw SessionFileHeader.damaged(path, "the checksum of its table of contents is wrong");
    }
    return SessionContents.decoded(contents);
  }

  private static CacheException unreadable(Path path, IOException cause) {
    return CacheException.ofFile(
        Kind.FILE_ERROR, path, "cannot be read: " + cause.getMessage(), "check the disk", cause);
  }

  /// Whether a file begins as saved sessions do, whole or not.
  static boolean isOne(Path path) throws IOException {
    try (PositionalFile file = PositionalFile.open(path, Set.of(StandardOpenOption.READ))) {
      return SessionFileHeader.hasMagic(file);
    }
  }

  /// What a session must have in common with this one to continue it.
  public CacheShape shape() {
    return contents.shape();
  }

  /// Refuses to continue a session of another model or with other parameters.
  ///
  /// @throws CacheException saying what differs
  public void require(CacheShape here) {
    String difference = shape().differenceFrom(here, "this session");
    if (!difference.isEmpty()) {
      throw CacheException.ofFile(
          Kind.FOREIGN,
          path,
          "was saved with " + difference,
          "use the model and the parameters that it was saved with",
          null);
    }
  }

  /// The names of what was saved, in the order in which it was.
  public Set<String> names() {
    return Collections.unmodifiableSet(contents.tensors().keySet());
  }

  /// The type of a tensor.
  public TensorType type(String name) {
    return find(name).type();
  }

  private SavedTensor find(String name) {
    SavedTensor tensor = contents.tensors().get(name);
    if (tensor == null) {
      throw CacheException.ofFile(
          Kind.FOREIGN,
          path,
          "has no '%s' among %d tensors".formatted(name, contents.tensors().size()),
          "use the program and the parameters that it was saved with",
          null);
    }
    return tensor;
  }

  /// Numbers that were saved.
  public int[] ints(String name) {
    SavedTensor saved = find(name);
    int[] values = new int[Math.toIntExact(saved.bytes() / Integer.BYTES)];
    MemorySegment target = MemorySegment.ofArray(values);
    read(name, saved, (at, bytes) -> MemorySegment.copy(bytes, 0, target, at, bytes.byteSize()));
    return values;
  }

  /// Fills a tensor with what was saved; the rest of it, if it was saved in part, stays as it is.
  ///
  /// @throws CacheException if it is of another type, or its bytes are not those that were saved:
  ///   then the tensor holds anything
  public void read(String name, Tensor target) {
    SavedTensor saved = find(name);
    if (!saved.type().equals(target.type())) {
      throw CacheException.ofFile(
          Kind.FOREIGN,
          path,
          "'%s' is %s, this session has %s".formatted(name, saved.type(), target.type()),
          "use the model and the parameters that it was saved with",
          null);
    }
    read(name, saved, (at, bytes) -> target.buffer().upload(target.start() + at, bytes));
  }

  /// Takes bytes that were saved, which begin at a byte of the tensor.
  @FunctionalInterface
  private interface Target {
    void take(long at, MemorySegment bytes);
  }

  private void read(String name, SavedTensor saved, Target target) {
    CRC32C checksum = new CRC32C();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment chunk = arena.allocate(Math.min(CHUNK_BYTES, Math.max(1, saved.bytes())), 64);
      for (long done = 0; done < saved.bytes(); done += CHUNK_BYTES) {
        MemorySegment part = chunk.asSlice(0, Math.min(CHUNK_BYTES, saved.bytes() - done));
        file.read(saved.start() + done, part);
        checksum.update(part.asByteBuffer());
        target.take(done, part);
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    if ((int) checksum.getValue() != saved.checksum()) {
      throw SessionFileHeader.damaged(path, "the checksum of '%s' is wrong".formatted(name));
    }
  }

  /// The file of its blocks, or null if it has none.
  Path blockFile() {
    return contents.blockFile() == null ? null : path.resolveSibling(contents.blockFile());
  }

  /// Whether the session has blocks.
  public boolean hasBlocks() {
    return contents.blocks() != null;
  }

  /// Opens the blocks where they are. New blocks go behind them, and vanish when the store is
  /// closed unless the session is saved again.
  ///
  /// @throws CacheException if their file is not there, not whole or in use
  public BlockStore openBlocks() {
    return FileBlockStore.open(blockFile(), contents.shape(), contents.blocks(), path);
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }
}
