package org.jgml.cuda;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Buffer;

/// Memory of a CUDA device.
final class CudaBuffer implements Buffer {
  private final CudaStream stream;
  private final MemoryPool pool;
  private final long address;
  private final long bytes;
  private boolean closed;

  CudaBuffer(CudaStream stream, MemoryPool pool, long bytes) {
    this.stream = stream;
    this.pool = pool;
    this.address = pool.allocate(bytes);
    this.bytes = bytes;
  }

  /// Where it begins in the memory of the device.
  long address() {
    return address;
  }

  CudaContext context() {
    return stream.context();
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void upload(long offset, MemorySegment source) {
    stream.write(address(offset, source.byteSize()), source);
  }

  @Override
  public void download(long offset, MemorySegment target) {
    stream.read(address(offset, target.byteSize()), target);
  }

  /// Where so many bytes from `offset` on are. Once this is closed, the pool may have given them to
  /// somebody else.
  synchronized long address(long offset, long count) {
    if (closed) {
      throw new IllegalStateException("the buffer is closed");
    }
    if (offset < 0 || count > bytes - offset) {
      throw new IndexOutOfBoundsException(
          "bytes %d to %d of a buffer of %d".formatted(offset, offset + count, bytes));
    }
    return address + offset;
  }

  /// Small writes that wait for what is put in next come before the memory is given back, as the
  /// driver knows nothing of them.
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (!stream.context().isLost()) {
        stream.begin();
      }
      pool.free(address, bytes);
    }
  }
}
