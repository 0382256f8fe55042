package org.jgml.core.format;

import java.lang.foreign.MemorySegment;

/// A block format that is read by its groups.
interface GroupedBlockFormat extends BlockFormat, GroupedFormat {
  @Override
  default void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    int elements = type().blockElements();
    byte[] integers = new byte[elements];
    integers(source, block, MemorySegment.ofArray(integers), 0);
    for (int first = 0; first < elements; first += groupElements()) {
      float scale = scale(source, block, first / groupElements());
      for (int i = first; i < first + groupElements(); i++) {
        target[at + i] = scale * integers[i];
      }
    }
  }
}
