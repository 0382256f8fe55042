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

  /// Byte in the buffer of the first element.
  public long firstByte() {
    return byteOffset(layout.offset());
  }

  /// Whether the elements of two tensors lie in stretches of memory that have bytes in common.
  public boolean overlaps(Tensor other) {
    return buffer == other.buffer
        && firstByte() < other.firstByte() + other.spanBytes()
        && other.firstByte() < firstByte() + spanBytes();
  }

  private long spanBytes() {
    return type.dataType().bytes(layout.span());
  }

  /// Bytes of a buffer that go to bytes of the host.
  @FunctionalInterface
  public interface Download {
    void download(long offset, MemorySegment target);
  }

  /// Copies the elements to the host, dense and row-major.
  public void download(MemorySegment target) {
    download(target, buffer::download);
  }

  /// The same by another way of copying, called once for each piece of dense bytes.
  public void download(MemorySegment target, Download copy) {
    if (layout.isDense()) {
      copy.download(byteOffset(layout.offset()), target);
      return;
    }
    Layout rows = layout.inDenseRows();
    long rowBytes = type.dataType().bytes(rows.shape().rowLength());
    for (long row = 0; row < rows.shape().rows(); row++) {
      long from = byteOffset(rows.rowOffset(row));
      copy.download(from, target.asSlice(row * rowBytes, rowBytes));
    }
  }

  /// The host memory that a device on the host reads and writes.
  public MemorySegment segment() {
    return ((HostBuffer) buffer).segment();
  }
}
