package org.jgml.kvcache;

import java.nio.file.Path;
import org.jgml.kvcache.tier.BlockStore;
import org.jgml.kvcache.tier.CacheShape;
import org.jgml.kvcache.tier.FileBlockStore;
import org.jgml.kvcache.tier.MemoryBlockStore;

/// Where a session keeps the blocks that are not on the device.
///
/// @param file the file where they are; null for host memory
/// @param memoryBytes bytes of host memory that they may take if there is no file
/// @param asynchronous whether blocks are loaded on a thread of their own while graphs run
public record BlockStorage(Path file, long memoryBytes, boolean asynchronous) {
  /// In host memory, without a limit.
  public static BlockStorage inMemory() {
    return inMemory(Long.MAX_VALUE);
  }

  /// In host memory, up to a limit in bytes.
  public static BlockStorage inMemory(long bytes) {
    return new BlockStorage(null, bytes, true);
  }

  /// In a file that vanishes with the session, unless that is saved.
  public static BlockStorage inFile(Path file) {
    return new BlockStorage(file, 0, true);
  }

  /// The same, loading blocks on a thread of their own or not.
  public BlockStorage asynchronous(boolean whether) {
    return new BlockStorage(file, memoryBytes, whether);
  }

  /// A store for a session.
  ///
  /// @throws org.jgml.kvcache.tier.CacheException if the file cannot be made
  public BlockStore open(CacheShape shape) {
    return file == null
        ? new MemoryBlockStore(shape.layers(), shape.blockBytes(), memoryBytes)
        : FileBlockStore.create(file, shape);
  }
}
