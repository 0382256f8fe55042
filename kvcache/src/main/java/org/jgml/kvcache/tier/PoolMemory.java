package org.jgml.kvcache.tier;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Tensor;

/// The slots of one layer on its device: each has room for the keys and the values of a block.
///
/// @param keys all keys, `[slots * blockRows, …]`
/// @param values all values, `[slots * blockRows, …]`
/// @param slots blocks that fit
public record PoolMemory(Tensor keys, Tensor values, int slots) {
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

  /// Copies a block, keys before values, into a slot.
  void upload(MemorySegment block, int slot) {
    long keyBytes = keyBytes();
    long valueBytes = valueBytes();
    keys.buffer().upload(keys.start() + slot * keyBytes, block.asSlice(0, keyBytes));
    values.buffer().upload(values.start() + slot * valueBytes, block.asSlice(keyBytes, valueBytes));
  }
}
