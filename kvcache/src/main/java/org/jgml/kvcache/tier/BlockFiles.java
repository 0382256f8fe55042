package org.jgml.kvcache.tier;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jgml.kvcache.tier.CacheException.Kind;

/// Files of blocks, claimed so that nobody else uses them.
final class BlockFiles {
  /// What is done with a file that is open and claimed; if it fails, the file is closed.
  @FunctionalInterface
  interface Opening {
    FileBlockStore open(BlockFile file) throws IOException;
  }

  private BlockFiles() {}

  /// Makes a file, or overwrites one that nobody needs.
  static FileBlockStore create(Path path, Opening opening) {
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean isNew = !Files.exists(path);
    try {
      return claimed(
          path,
          PositionalFile.open(path, options),
          file -> {
            if (file.size() > 0) {
              refuseIfNeeded(path, file);
              file.truncate(0);
            }
            return opening.open(file);
          });
    } catch (IOException e) {
      if (isNew) {
        deleteAfter(e, path);
      }
      throw unwritten(path, "cannot be made", BlockFileHeader.BYTES, e);
    }
  }

  private static void deleteAfter(IOException failure, Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static void refuseIfNeeded(Path path, BlockFile file) throws IOException {
    String problem;
    try {
      BlockFileHeader.read(file, path);
      if (!BlockFileHeader.isKept(file)) {
        return;
      }
      problem = "belongs to a saved session";
    } catch (CacheException _) {
      problem = "exists, and is not a file of cache blocks";
    }
    throw CacheException.ofFile(
        Kind.NOT_AVAILABLE, path, problem, "name another file, or delete this one", null);
  }

  /// Opens a file that is there.
  static FileBlockStore open(Path path, Opening opening) {
    try {
      return claimed(
          path,
          PositionalFile.open(path, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE)),
          opening);
    } catch (IOException e) {
      throw CacheException.ofFile(
          Kind.FILE_ERROR,
          path,
          "cannot be opened: " + reason(e),
          "put back the file that was saved with the session",
          e);
    }
  }

  private static FileBlockStore claimed(Path path, PositionalFile file, Opening opening)
      throws IOException {
    try {
      if (!file.lock()) {
        throw CacheException.ofFile(
            Kind.NOT_AVAILABLE,
            path,
            "another session or process uses it",
            "end that, or name another file",
            null);
      }
      return opening.open(file);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static String reason(IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "there is no such file or directory";
      case FileAlreadyExistsException _ -> "something else has this name";
      default -> failure.getMessage();
    };
  }

  /// The exception for a write that failed.
  ///
  /// @param bytes that were to be written
  static CacheException unwritten(Path path, String problem, long bytes, IOException cause) {
    long free = freeBytes(path);
    String why = problem + ": " + reason(cause);
    return free < bytes
        ? CacheException.ofFile(
            Kind.NO_SPACE,
            path,
            "%s; the disk has %,d bytes left".formatted(why, free),
            "make room, name a file on another disk, or use a smaller cache type",
            cause)
        : CacheException.ofFile(
            Kind.FILE_ERROR, path, why, "name a file that can be written to", cause);
  }

  /// Bytes that the disk of a file has left, as far as they are known.
  private static long freeBytes(Path path) {
    try {
      return Files.getFileStore(path.toAbsolutePath().getParent()).getUsableSpace();
    } catch (IOException _) {
      return Long.MAX_VALUE;
    }
  }
}
