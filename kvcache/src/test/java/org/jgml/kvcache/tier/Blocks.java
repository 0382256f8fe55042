package org.jgml.kvcache.tier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Blocks whose every word says which block it belongs to, and where it is in it.
final class Blocks {
  private Blocks() {}

  static int word(int layer, int block, int index) {
    int mixed = (layer * 0x9E3779B1 + block) * 0x85EBCA6B + index;
    return (mixed ^ (mixed >>> 15)) * 0xC2B2AE35;
  }

  /// Fills a segment with the words of a block.
  static MemorySegment fill(MemorySegment bytes, int layer, int block) {
    for (int i = 0; i < bytes.byteSize() / Integer.BYTES; i++) {
      bytes.setAtIndex(ValueLayout.JAVA_INT, i, word(layer, block, i));
    }
    return bytes;
  }

  static int append(BlockStore store, int layer) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(store.blockBytes(), 8);
      return store.append(layer, fill(block, layer, store.count(layer)));
    }
  }

  /// Checks that `bytes` are words of a block, from one of them on.
  static void check(int layer, int block, int first, MemorySegment bytes, String what) {
    for (int i = 0; i < bytes.byteSize() / Integer.BYTES; i++) {
      int read = bytes.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
      if (read != word(layer, block, first + i)) {
        assertEquals(
            word(layer, block, first + i),
            read,
            "%s: word %d of block %d of layer %d".formatted(what, first + i, block, layer));
      }
    }
  }

  static void checkStored(BlockStore store, int layer, int block) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(store.blockBytes(), 8);
      store.read(layer, block, bytes);
      check(layer, block, 0, bytes, "store");
    }
  }

  /// Checks that a slot holds a block, keys and values.
  static void checkSlot(PoolMemory memory, int slot, int layer, int block) {
    MemorySegment keys = MemorySegment.ofArray(new byte[(int) memory.keyBytes()]);
    MemorySegment values = MemorySegment.ofArray(new byte[(int) memory.valueBytes()]);
    memory.keys().buffer().download(memory.keys().start() + slot * memory.keyBytes(), keys);
    memory.values().buffer().download(memory.values().start() + slot * memory.valueBytes(), values);
    check(layer, block, 0, keys, "keys in slot " + slot);
    check(layer, block, (int) memory.keyBytes() / Integer.BYTES, values, "values in slot " + slot);
  }
}
