package org.jgml.core.format;

import java.lang.foreign.MemorySegment;

/// A block format with a quantiser that needs no more than the values themselves.
interface WritableBlockFormat extends BlockFormat {
  /// Writes the block that begins `block` bytes into `target`, all bytes of it.
  void quantiseBlock(float[] source, int at, MemorySegment target, long block);

  @Override
  default void quantise(float[] source, int at, MemorySegment target, long offset, int count) {
    long end = offset + type().bytes(count);
    for (long block = offset; block < end; block += type().blockBytes()) {
      quantiseBlock(source, at, target, block);
      at += type().blockElements();
    }
  }

  /// Writes a block of a weight, see [#quantiseWeights].
  default void quantiseWeightBlock(float[] source, int at, MemorySegment target, long block) {
    quantiseBlock(source, at, target, block);
  }

  @Override
  default void quantiseWeights(
      float[] source, int at, MemorySegment target, long offset, int count) {
    long end = offset + type().bytes(count);
    for (long block = offset; block < end; block += type().blockBytes()) {
      quantiseWeightBlock(source, at, target, block);
      at += type().blockElements();
    }
  }

  @Override
  default boolean canQuantise() {
    return true;
  }
}
