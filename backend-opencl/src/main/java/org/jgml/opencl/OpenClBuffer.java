package org.jgml.opencl;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Buffer;
import org.jocl.CL;
import org.jocl.cl_mem;

/// Memory of an OpenCL device.
final class OpenClBuffer implements Buffer {
  private final CommandQueue queue;
  private final cl_mem memory;
  private final long bytes;
  private final Runnable released;
  private boolean closed;

  /// @param released told when the memory is free again
  OpenClBuffer(CommandQueue queue, cl_mem memory, long bytes, Runnable released) {
    this.queue = queue;
    this.memory = memory;
    this.bytes = bytes;
    this.released = released;
  }

  cl_mem memory() {
    requireOpen();
    return memory;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void upload(long offset, MemorySegment source) {
    requireOpen();
    queue.write(memory, offset, source);
  }

  @Override
  public void download(long offset, MemorySegment target) {
    requireOpen();
    queue.read(memory, offset, target);
  }

  /// The driver would not notice, and take the process with it.
  private synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the buffer is closed");
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      // The device keeps it until the work that uses it is done.
      CL.clReleaseMemObject(memory);
      released.run();
    }
  }
}
