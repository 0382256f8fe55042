package org.jgml.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_OUT_OF_MEMORY;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import jcuda.driver.JCudaDriver;
import org.jgml.core.backend.DeviceMemory;
import org.jgml.core.backend.DeviceMemoryException;

/// Memory of a device. What is given back is kept for the next who asks for as much, until somebody
/// needs it for another size: allocating stops the device, taking from here does not. Thread-safe.
///
/// As long as all work is in one order, memory may be used again while work that used it is still
/// going on; where there are further streams, giving back waits for them.
final class MemoryPool implements AutoCloseable {
  /// Loads of whole words may go so far beyond what is asked for: such bytes are there, behind all
  /// that is allocated.
  static final long OVERRUN_BYTES = Long.BYTES;

  private static final long SMALL = 512;
  private static final long LARGE = 2 << 20;

  private final CudaContext context;
  private final AtomicInteger streams;
  private final boolean keeps;
  private final Map<Long, Deque<Long>> free = new HashMap<>();
  private long keptBytes;

  /// @param streams streams beside the main one
  /// @param keeps whether memory is kept, and rounded; if not, each piece is an allocation of its
  ///   own
  MemoryPool(CudaContext context, AtomicInteger streams, boolean keeps) {
    this.context = context;
    this.streams = streams;
    this.keeps = keeps;
  }

  /// What is taken for so many bytes; rounded, so that sizes recur.
  private long size(long bytes) {
    long least = bytes + OVERRUN_BYTES;
    long unit = bytes < LARGE ? SMALL : LARGE;
    return keeps ? Math.ceilDiv(least, unit) * unit : least;
  }

  /// The address of at least so many bytes, whose contents are not defined.
  ///
  /// @throws DeviceMemoryException if there is not enough
  synchronized long allocate(long bytes) {
    context.enter();
    long size = size(bytes);
    Deque<Long> kept = free.get(size);
    if (kept != null && !kept.isEmpty()) {
      keptBytes -= size;
      return kept.pop();
    }
    Address address = new Address();
    int code = JCudaDriver.cuMemAlloc(address, size);
    if (code == CUDA_ERROR_OUT_OF_MEMORY) {
      trim();
      code = JCudaDriver.cuMemAlloc(address, size);
    }
    if (code == CUDA_ERROR_OUT_OF_MEMORY) {
      throw new DeviceMemoryException(
          context.device(), bytes, context.memory().free(), "free memory");
    }
    context.check("cuMemAlloc", code);
    return address.number();
  }

  /// Gives memory back.
  synchronized void free(long address, long bytes) {
    if (streams.get() > 0 && !context.isLost()) {
      context.enter();
      context.check("cuCtxSynchronize", JCudaDriver.cuCtxSynchronize());
    }
    if (keeps) {
      keptBytes += size(bytes);
      free.computeIfAbsent(size(bytes), _ -> new ArrayDeque<>()).push(address);
    } else {
      release(address);
    }
  }

  /// Gives the driver what nobody uses.
  synchronized void trim() {
    for (Deque<Long> addresses : free.values()) {
      addresses.forEach(this::release);
    }
    free.clear();
    keptBytes = 0;
  }

  private void release(long address) {
    context.released("cuMemFree", JCudaDriver.cuMemFree(Address.of(address)));
  }

  /// What can be allocated.
  synchronized DeviceMemory memory() {
    context.enter();
    CudaContext.Memory memory = context.memory();
    long available = memory.free() + keptBytes;
    return new DeviceMemory(memory.total(), available, available);
  }

  @Override
  public void close() {
    trim();
  }
}
