package org.jgml.core.format;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// A format described by what one block of bytes means; a plain type is a block of one element.
///
/// Such a format can be read. One that can also be written is a [WritableBlockFormat].
interface BlockFormat extends Format {
  /// The element type, which gives the extents of a block.
  DataType type();

  /// Reads the block that begins `block` bytes into `source`.
  void dequantiseBlock(MemorySegment source, long block, float[] target, int at);

  @Override
  default void dequantise(MemorySegment source, long offset, float[] target, int at, int count) {
    long end = offset + type().bytes(count);
    for (long block = offset; block < end; block += type().blockBytes()) {
      dequantiseBlock(source, block, target, at);
      at += type().blockElements();
    }
  }

  @Override
  default void quantise(float[] source, int at, MemorySegment target, long offset, int count) {
    throw new UnsupportedOperationException(
        type() + " can be read but not written: it has no quantiser yet. Fix: write Q8_0 or Q4_0");
  }

  @Override
  default boolean canQuantise() {
    return false;
  }
}
