package org.jgml.opencl;

import static org.jgml.opencl.OpenClException.check;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;

/// A queue of a device: whatever is put into it is done in order.
///
/// Only [#read] and [#finish] wait. Small writes go through staging memory, so that their source
/// may be changed at once. Thread-safe.
final class CommandQueue implements AutoCloseable {
  private static final long STAGING_BYTES = 4 << 20;
  private static final long PIECE_BYTES = 1 << 30;

  private final String device;
  private final cl_context context;
  private final cl_command_queue queue;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment staging = arena.allocate(STAGING_BYTES, 64);
  private long staged;

  private CommandQueue(String device, cl_context context, cl_command_queue queue) {
    this.device = device;
    this.context = context;
    this.queue = queue;
  }

  static CommandQueue open(String device, cl_platform_id platform, cl_device_id id) {
    int[] code = {0};
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, platform);
    cl_context context =
        CL.clCreateContext(properties, 1, new cl_device_id[] {id}, null, null, code);
    check(device, "clCreateContext", code[0]);
    return over(device, context, id);
  }

  /// A further queue of the same device and context.
  CommandQueue another(cl_device_id id) {
    check(device, "clRetainContext", CL.clRetainContext(context));
    return over(device, context, id);
  }

  /// @param context given back with the queue
  // The call that replaces clCreateCommandQueue is not in OpenCL 1.2.
  @SuppressWarnings("deprecation")
  private static CommandQueue over(String device, cl_context context, cl_device_id id) {
    int[] code = {0};
    cl_command_queue queue = CL.clCreateCommandQueue(context, id, 0, code);
    if (code[0] != CL.CL_SUCCESS) {
      CL.clReleaseContext(context);
    }
    check(device, "clCreateCommandQueue", code[0]);
    return new CommandQueue(device, context, queue);
  }

  cl_context context() {
    return context;
  }

  /// Copies host bytes to the device; the source may be changed as soon as this returns.
  synchronized void write(cl_mem target, long offset, MemorySegment source) {
    long bytes = source.byteSize();
    if (bytes > STAGING_BYTES) {
      writeAndWait(target, offset, source);
      return;
    }
    if (bytes == 0) {
      return;
    }
    if (staged + bytes > STAGING_BYTES) {
      finish();
      staged = 0;
    }
    MemorySegment copy = staging.asSlice(staged, bytes).copyFrom(source);
    staged = Math.min(STAGING_BYTES, (staged + bytes + 63) / 64 * 64);
    enqueueWrite(target, false, offset, copy);
  }

  private void writeAndWait(cl_mem target, long offset, MemorySegment source) {
    if (!source.isNative()) {
      try (Arena copy = Arena.ofConfined()) {
        writeAndWait(target, offset, copy.allocate(source.byteSize(), 64).copyFrom(source));
      }
      return;
    }
    writePieces(target, true, offset, source);
  }

  /// Copies native host bytes, which must stay as they are until work after this is done.
  void writeLater(cl_mem target, long offset, MemorySegment source) {
    writePieces(target, false, offset, source);
  }

  private void writePieces(cl_mem target, boolean waits, long offset, MemorySegment source) {
    for (long at = 0; at < source.byteSize(); at += PIECE_BYTES) {
      MemorySegment piece = source.asSlice(at, Math.min(PIECE_BYTES, source.byteSize() - at));
      enqueueWrite(target, waits, offset + at, piece);
    }
  }

  private void enqueueWrite(cl_mem target, boolean waits, long offset, MemorySegment source) {
    Pointer pointer = Pointer.to(source.asByteBuffer());
    long bytes = source.byteSize();
    check(
        device,
        "clEnqueueWriteBuffer",
        CL.clEnqueueWriteBuffer(queue, target, waits, offset, bytes, pointer, 0, null, null));
  }

  /// Copies bytes of the device to the host and waits for them.
  void read(cl_mem source, long offset, MemorySegment target) {
    if (!target.isNative()) {
      try (Arena copy = Arena.ofConfined()) {
        MemorySegment bytes = copy.allocate(Math.max(target.byteSize(), 1), 64);
        read(source, offset, bytes.asSlice(0, target.byteSize()));
        target.copyFrom(bytes.asSlice(0, target.byteSize()));
      }
      return;
    }
    readPieces(source, true, offset, target);
  }

  /// Copies bytes of the device to native host memory some time before the next wait ends.
  void readLater(cl_mem source, long offset, MemorySegment target) {
    readPieces(source, false, offset, target);
  }

  private void readPieces(cl_mem source, boolean waits, long offset, MemorySegment target) {
    for (long at = 0; at < target.byteSize(); at += PIECE_BYTES) {
      long bytes = Math.min(PIECE_BYTES, target.byteSize() - at);
      Pointer pointer = Pointer.to(target.asSlice(at, bytes).asByteBuffer());
      read(source, waits, offset + at, pointer, bytes);
    }
  }

  /// The same into memory whose pointer was made once.
  void readLater(cl_mem source, Pointer target, long bytes) {
    read(source, false, 0, target, bytes);
  }

  private void read(cl_mem source, boolean waits, long offset, Pointer target, long bytes) {
    check(
        device,
        "clEnqueueReadBuffer",
        CL.clEnqueueReadBuffer(queue, source, waits, offset, bytes, target, 0, null, null));
  }

  /// Sets the first bytes of a buffer to zero.
  void clear(cl_mem target, long bytes) {
    check(
        device,
        "clEnqueueFillBuffer",
        CL.clEnqueueFillBuffer(
            queue, target, Pointer.to(new byte[] {0}), 1, 0, bytes, 0, null, null));
  }

  /// Copies bytes within the device.
  void copy(cl_mem source, long from, cl_mem target, long to, long bytes) {
    check(
        device,
        "clEnqueueCopyBuffer",
        CL.clEnqueueCopyBuffer(queue, source, target, from, to, bytes, 0, null, null));
  }

  /// Runs a kernel.
  void launch(Launch launch) {
    int code =
        CL.clEnqueueNDRangeKernel(
            queue,
            launch.kernel(),
            launch.global().length,
            null,
            launch.global(),
            launch.local(),
            0,
            null,
            null);
    if (code != CL.CL_SUCCESS) {
      throw new OpenClException(device + ": " + launch, "clEnqueueNDRangeKernel", code);
    }
  }

  /// An event of all work so far, which the caller releases.
  cl_event marker() {
    cl_event marker = new cl_event();
    check(
        device,
        "clEnqueueMarkerWithWaitList",
        CL.clEnqueueMarkerWithWaitList(queue, 0, null, marker));
    return marker;
  }

  /// Lets all that follows wait for an event.
  void barrier(cl_event event) {
    check(
        device,
        "clEnqueueBarrierWithWaitList",
        CL.clEnqueueBarrierWithWaitList(queue, 1, new cl_event[] {event}, null));
  }

  /// Memory of a buffer as host memory, until [#unmap].
  ByteBuffer map(cl_mem memory, long bytes) {
    int[] code = {0};
    long use = CL.CL_MAP_READ | CL.CL_MAP_WRITE;
    ByteBuffer mapped =
        CL.clEnqueueMapBuffer(queue, memory, true, use, 0, bytes, 0, null, null, code);
    check(device, "clEnqueueMapBuffer", code[0]);
    return mapped;
  }

  void unmap(cl_mem memory, ByteBuffer mapped) {
    CL.clEnqueueUnmapMemObject(queue, memory, mapped, 0, null, null);
    finish();
  }

  /// Makes the device begin what is in the queue, without waiting.
  void flush() {
    check(device, "clFlush", CL.clFlush(queue));
  }

  /// Waits until everything in the queue is done.
  void finish() {
    check(device, "clFinish", CL.clFinish(queue));
  }

  /// The same before things are given back: a device that is lost has nothing left to wait for.
  void finishIfPossible() {
    CL.clFinish(queue);
  }

  @Override
  public void close() {
    CL.clReleaseCommandQueue(queue);
    CL.clReleaseContext(context);
    arena.close();
  }
}
