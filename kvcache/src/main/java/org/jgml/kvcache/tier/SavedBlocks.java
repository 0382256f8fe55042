package org.jgml.kvcache.tier;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/// The blocks of a session that is being saved.
///
/// @param file where they are
/// @param original the store that keeps them there; null if they were copied
record SavedBlocks(Path file, BlockIndex index, FileBlockStore original) {
  private static final String COPY_SUFFIX = ".blocks";

  /// Keeps the file in which blocks are, or copies them to one beside the session.
  static SavedBlocks save(BlockStore store, CacheShape shape, Path session) {
    if (store instanceof FileBlockStore inFile && inFile.isFreeFor(session)) {
      return new SavedBlocks(inFile.path(), inFile.keep(session), inFile);
    }
    String distinction = UUID.randomUUID().toString().substring(0, 8);
    Path file = session.resolveSibling(session.getFileName() + "." + distinction + COPY_SUFFIX);
    try (FileBlockStore copy = FileBlockStore.create(file, shape)) {
      copy(store, copy);
      return new SavedBlocks(file, copy.keep(session), null);
    }
  }

  private static void copy(BlockStore from, BlockStore to) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment block = arena.allocate(from.blockBytes(), 64);
      int layers = from.layers();
      boolean isMore = true;
      for (int id = 0; isMore; id++) {
        isMore = false;
        for (int layer = 0; layer < layers; layer++) {
          if (id < from.count(layer)) {
            from.read(layer, id, block);
            to.append(layer, block);
            isMore = true;
          }
        }
      }
    }
  }

  /// The name of the file as the session at `path` remembers it.
  String nameBeside(Path path) {
    return file.getParent().equals(path.getParent())
        ? file.getFileName().toString()
        : file.toString();
  }

  /// Undoes it.
  void discard(IOException failure) {
    try {
      if (original != null) {
        original.giveUp();
      } else {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /// The file to which the blocks of the session at `path` were copied, or null if they were not.
  static Path copyOf(Path path) throws IOException {
    if (!Files.exists(path)) {
      return null;
    }
    try (SavedSession session = SavedSession.open(path)) {
      Path file = session.blockFile();
      boolean isCopy =
          file != null
              && file.getParent().equals(path.getParent())
              && file.getFileName().toString().startsWith(path.getFileName() + ".")
              && file.getFileName().toString().endsWith(COPY_SUFFIX);
      return isCopy ? file : null;
    } catch (CacheException _) {
      // A damaged session is replaced; nobody knows its blocks any more.
      return null;
    }
  }
}
