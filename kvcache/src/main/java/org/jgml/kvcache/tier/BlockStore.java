package org.jgml.kvcache.tier;

import java.lang.foreign.MemorySegment;

/// Every sealed block of a session, in host memory or in a file.
///
/// A block is `blockBytes` bytes: all its keys, then all its values, as they are at rest. Blocks of
/// a layer are numbered from 0 in the order in which they came and never change. One thread
/// appends; any thread may read meanwhile. Whoever made the store closes it, after the loaders that
/// read it.
public interface BlockStore extends AutoCloseable {
  /// The number of layers.
  int layers();

  /// Bytes of one block.
  long blockBytes();

  /// Blocks that a layer has.
  int count(int layer);

  /// Keeps a copy of a block.
  ///
  /// @return its number in the layer
  /// @throws CacheException if there is no room, or an earlier block could not be written
  int append(int layer, MemorySegment block);

  /// Copies a block out, bit for bit as it was appended.
  ///
  /// @param target native memory of `blockBytes` bytes
  /// @throws CacheException if the bytes cannot be read, or are not those that were written
  void read(int layer, int block, MemorySegment target);

  /// Forgets all blocks, those too that could not be written; a saved session keeps its own.
  void clear();

  /// Waits until every block is where it is to stay.
  ///
  /// @throws CacheException if one could not be written
  void flush();

  /// What the store holds and did so far.
  StoreCounters counters();

  @Override
  void close();
}
