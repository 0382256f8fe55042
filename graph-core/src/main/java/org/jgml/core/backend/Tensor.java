package org.jgml.core.backend;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.TensorType;

/// A value at run time: a type, the bytes and how they are laid out.
///
/// A node is a recipe, a tensor is bytes. Does not own the buffer.
///
/// @param layout strides and offset in elements, counted from `start`
/// @param start byte in `buffer` where element offset 0 is
public record Tensor(TensorType type, Layout layout, Buffer buffer, long start) {
  /// A dense tensor that begins `start` bytes into a buffer.
  public static Tensor dense(TensorType type, Buffer buffer, long start) {
    return new Tensor(type, Layout.dense(type.shape()), buffer, start);
  }

  /// The same bytes under another type and layout.
  public Tensor view(TensorType other, Layout otherLayout) {
    return new Tensor(other, otherLayout, buffer, start);
  }

  /// Byte in the buffer of an element that begins a row or a block, by its element offset.
  public long byteOffset(long elementOffset) {
    return start + type.dataType().bytes(elementOffset);
  }

  /// The host memory that a device on the host reads and writes.
  public MemorySegment segment() {
    return ((HostBuffer) buffer).segment();
  }
}
