package org.jgml.kvcache.tier;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// Memory of a device that the host cannot address: only copies reach it.
final class FarBuffer implements Buffer {
  private final byte[] bytes;

  FarBuffer(int bytes) {
    this.bytes = new byte[bytes];
  }

  /// A tensor of bytes (as many floats as there are quarters of them) that begins `start` bytes in.
  static Tensor tensor(long bytes, long start) {
    TensorType type = TensorType.of(DataType.F32, bytes / Float.BYTES);
    return Tensor.dense(type, new FarBuffer((int) (start + bytes)), start);
  }

  @Override
  public long bytes() {
    return bytes.length;
  }

  @Override
  public void upload(long offset, MemorySegment source) {
    MemorySegment.copy(source, 0, MemorySegment.ofArray(bytes), offset, source.byteSize());
  }

  @Override
  public void download(long offset, MemorySegment target) {
    MemorySegment.copy(MemorySegment.ofArray(bytes), offset, target, 0, target.byteSize());
  }

  @Override
  public void close() {}
}
