package org.jgml.kvcache.tier;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Pages;
import org.jgml.core.backend.Tensor;

/// The slots of one layer on its device: each has room for the keys and the values of a block.
///
/// @param keys all keys, `[slots * blockRows, …]`
/// @param values all values, `[slots * blockRows, …]`
/// @param slots blocks that fit
/// @param copies how blocks get there
public record PoolMemory(Tensor keys, Tensor values, int slots, DeviceCopies copies) {
  /// @throws IllegalArgumentException if the tensors are no whole number of slots
  public PoolMemory {
    check("keys", keys, slots);
    check("values", values, slots);
  }

  private static void check(String what, Tensor tensor, int slots) {
    if (slots < 1 || tensor.type().bytes() % slots != 0) {
      throw new IllegalArgumentException(
          "block pool: %s of %s, %,d bytes, are not %d slots of equal size"
              .formatted(what, tensor.type(), tensor.type().bytes(), slots));
    }
  }

  /// Bytes of the keys of a block.
  public long keyBytes() {
    return keys.type().bytes() / slots;
  }

  /// Bytes of the values of a block.
  public long valueBytes() {
    return values.type().bytes() / slots;
  }

  /// Bytes of a block.
  public long blockBytes() {
    return keyBytes() + valueBytes();
  }

  /// Gets ready to copy so many bytes together. Zeros go to the first slot, which holds no block
  /// yet, so that the stream has copied before something that is computed waits for it.
  void prepare(long bytes) {
    if (copies.prepare(bytes)) {
      upload(copies.staging(null).asSlice(0, blockBytes()), 0);
    }
  }

  /// Copies blocks, each with its keys before its values, into slots that differ.
  ///
  /// @param blocks one behind the other; as many as slots
  void upload(MemorySegment blocks, int... slots) {
    copies.gather(keys.buffer(), blocks, pages(0, keyBytes(), keys.start(), slots));
    copies.gather(values.buffer(), blocks, pages(keyBytes(), valueBytes(), values.start(), slots));
    copies.await();
  }

  private Pages pages(long at, long bytes, long start, int... slots) {
    long[] from = new long[slots.length];
    long[] to = new long[slots.length];
    for (int i = 0; i < slots.length; i++) {
      from[i] = i * blockBytes() + at;
      to[i] = start + slots[i] * bytes;
    }
    return new Pages(bytes, from, to);
  }
}
