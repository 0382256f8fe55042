package org.jgml.cuda;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/// Host memory that the device copies to and from by itself.
final class PinnedMemory implements AutoCloseable {
  private final Pointer pointer = new Pointer();
  private final MemorySegment segment;

  PinnedMemory(CudaContext context, long bytes) {
    context.enter();
    context.check("cuMemAllocHost", JCudaDriver.cuMemAllocHost(pointer, bytes));
    ByteBuffer buffer = pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
    this.segment = MemorySegment.ofBuffer(buffer);
    segment.fill((byte) 0);
  }

  MemorySegment segment() {
    return segment;
  }

  @Override
  public void close() {
    JCudaDriver.cuMemFreeHost(pointer);
  }
}
