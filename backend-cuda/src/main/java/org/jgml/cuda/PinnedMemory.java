package org.jgml.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_OUT_OF_MEMORY;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;
import org.jgml.core.backend.DeviceException;

/// Host memory that the device copies to and from by itself.
final class PinnedMemory implements AutoCloseable {
  private final CudaContext context;
  private final Pointer pointer = new Pointer();
  private final MemorySegment segment;

  PinnedMemory(CudaContext context, long bytes) {
    this.context = context;
    context.enter();
    int code = JCudaDriver.cuMemAllocHost(pointer, bytes);
    if (code == CUDA_ERROR_OUT_OF_MEMORY) {
      throw new DeviceException(
          "%s: cuMemAllocHost returned CUDA_ERROR_OUT_OF_MEMORY: the host has no %,d bytes that can stay in place. Fix: end other programs, or use a smaller batch (-b)."
              .formatted(context.device(), bytes));
    }
    context.check("cuMemAllocHost", code);
    ByteBuffer buffer = pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
    this.segment = MemorySegment.ofBuffer(buffer);
    segment.fill((byte) 0);
  }

  MemorySegment segment() {
    return segment;
  }

  /// Where the device sees it.
  long deviceAddress() {
    Address address = new Address();
    context.check(
        "cuMemHostGetDevicePointer", JCudaDriver.cuMemHostGetDevicePointer(address, pointer, 0));
    return address.number();
  }

  @Override
  public void close() {
    context.released("cuMemFreeHost", JCudaDriver.cuMemFreeHost(pointer));
  }
}
