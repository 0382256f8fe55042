package org.jgml.kvcache;

import org.jgml.kvcache.tier.BlockStore;
import org.jgml.kvcache.tier.MemoryBlockStore;

/// Where a session keeps the blocks that are not on the device.
///
/// @param memoryBytes bytes of host memory that they may take
/// @param asynchronous whether blocks are loaded on a thread of their own while graphs run
public record BlockStorage(long memoryBytes, boolean asynchronous) {
  /// In host memory, without a limit.
  public static BlockStorage inMemory() {
    return new BlockStorage(Long.MAX_VALUE, true);
  }

  /// A store for a session.
  ///
  /// @param blockBytes bytes of a block
  BlockStore open(int layers, long blockBytes) {
    return new MemoryBlockStore(layers, blockBytes, memoryBytes);
  }
}
