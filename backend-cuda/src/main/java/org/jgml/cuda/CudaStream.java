package org.jgml.cuda;

import static jcuda.driver.CUstream_flags.CU_STREAM_NON_BLOCKING;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUDA_MEMCPY2D;
import jcuda.driver.CUevent;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstreamWaitValue_flags;
import jcuda.driver.JCudaDriver;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.DeviceEvent;
import org.jgml.core.backend.DeviceStream;
import org.jgml.core.backend.Pages;
import org.jgml.core.backend.StreamCall.HostCopy;
import org.jgml.core.backend.Tensor;

/// A queue of a device: whatever is put into it is done in order.
///
/// Only [#read] and [#finish] wait. Small writes go through pinned memory, so that their source may
/// be changed at once, and are put into the queue together, before whatever is put in next.
/// Thread-safe.
final class CudaStream implements DeviceStream {
  private static final long STAGING_BYTES = 4 << 20;
  private static final long PIECE_BYTES = 1 << 30;
  private static final long ALIGNMENT = 64;

  private final CudaContext context;
  private final StreamHandle stream = new StreamHandle();
  private final PieceCopies pieces;
  private final Runnable ended;
  private final Object landingLock = new Object();
  private PinnedMemory landing;
  private HostCalls hostCalls;
  private List<CudaHostCall> captured;
  private PinnedMemory staging;
  private long staged;

  /// @param ended run when the stream is closed
  CudaStream(CudaContext context, Programs programs, Runnable ended) {
    this.context = context;
    this.pieces = new PieceCopies(programs);
    this.ended = ended;
    context.enter();
    context.check("cuStreamCreate", JCudaDriver.cuStreamCreate(stream, CU_STREAM_NON_BLOCKING));
  }

  CudaContext context() {
    return context;
  }

  StreamHandle handle() {
    return stream;
  }

  /// Makes the calls of this thread go to the device, and puts in what was written before.
  synchronized void begin() {
    context.enter();
    if (!pieces.isEmpty()) {
      pieces.enqueue(this);
    }
  }

  /// Copies host bytes to the device; the source may be changed as soon as this returns.
  synchronized void write(long target, MemorySegment source) {
    long bytes = source.byteSize();
    if (bytes > STAGING_BYTES) {
      begin();
      writeAndWait(target, source);
      return;
    }
    if (bytes == 0) {
      return;
    }
    if (staged + bytes > STAGING_BYTES) {
      finish();
      staged = 0;
    }
    if (staging == null) {
      staging = new PinnedMemory(context, STAGING_BYTES);
    }
    MemorySegment copy = staging.segment().asSlice(staged, bytes).copyFrom(source);
    staged = Math.min(STAGING_BYTES, Math.ceilDiv(staged + bytes, ALIGNMENT) * ALIGNMENT);
    copyPinned(target, copy);
  }

  /// Copies bytes of page-locked memory, which the device sees at the same address, to the device.
  private synchronized void copyPinned(long target, MemorySegment source) {
    if (source.byteSize() <= PieceCopies.MOST_BYTES) {
      addPiece(source.address(), target, source.byteSize());
    } else {
      begin();
      enqueueWrite(target, source);
    }
  }

  private void addPiece(long from, long to, long bytes) {
    if (pieces.isFull() || pieces.precede(from, to, bytes)) {
      begin();
    }
    pieces.add(from, to, bytes);
  }

  private void writeAndWait(long target, MemorySegment source) {
    if (!source.isNative()) {
      try (Arena copy = Arena.ofConfined()) {
        writeAndWait(target, copy.allocate(source.byteSize(), ALIGNMENT).copyFrom(source));
      }
      return;
    }
    for (long at = 0; at < source.byteSize(); at += PIECE_BYTES) {
      long bytes = Math.min(PIECE_BYTES, source.byteSize() - at);
      enqueueWrite(target + at, source.asSlice(at, bytes));
    }
    finish();
  }

  private void enqueueWrite(long target, MemorySegment source) {
    context.check(
        "cuMemcpyHtoDAsync",
        JCudaDriver.cuMemcpyHtoDAsync(
            Address.of(target), pointer(source), source.byteSize(), stream));
  }

  /// Copies bytes of the device to the host and waits for them, through pinned memory where they
  /// are few: the driver would copy them so, too, after it has looked where they go.
  void read(long source, MemorySegment target) {
    begin();
    if (target.isNative() && target.byteSize() > STAGING_BYTES) {
      for (long at = 0; at < target.byteSize(); at += PIECE_BYTES) {
        long bytes = Math.min(PIECE_BYTES, target.byteSize() - at);
        readLater(source + at, target.asSlice(at, bytes));
      }
      finish();
      return;
    }
    for (long at = 0; at < target.byteSize(); at += STAGING_BYTES) {
      long bytes = Math.min(STAGING_BYTES, target.byteSize() - at);
      readPiece(source + at, target.asSlice(at, bytes));
    }
  }

  private void readPiece(long source, MemorySegment target) {
    synchronized (landingLock) {
      if (landing == null) {
        landing = new PinnedMemory(context, STAGING_BYTES);
      }
      MemorySegment bytes = landing.segment().asSlice(0, target.byteSize());
      readLater(source, bytes);
      finish();
      target.copyFrom(bytes);
    }
  }

  /// Copies bytes of the device to the host some time before the next wait ends.
  void readLater(long source, MemorySegment target) {
    context.check(
        "cuMemcpyDtoHAsync",
        JCudaDriver.cuMemcpyDtoHAsync(
            pointer(target), Address.of(source), target.byteSize(), stream));
  }

  @Override
  public void upload(Buffer target, long offset, MemorySegment source) {
    long address = ((CudaBuffer) target).address(offset, source.byteSize());
    begin();
    if (source.isNative()) {
      enqueueWrite(address, source);
    } else {
      writeAndWait(address, source);
    }
  }

  /// Pages at equal distances are one copy; a copy of one page takes the host some 2 µs, and the
  /// bus as long for 50 KB, so that larger ones need no other way.
  @Override
  public void gather(Buffer target, MemorySegment source, Pages pages) {
    if (!source.isNative()) {
      DeviceStream.super.gather(target, source, pages);
      return;
    }
    begin();
    for (int page = 0; page < pages.count(); ) {
      PageRun run = PageRun.at(pages, page);
      copy((CudaBuffer) target, source, pages, run);
      page += run.count();
    }
  }

  private void copy(CudaBuffer target, MemorySegment source, Pages pages, PageRun run) {
    long rows = run.count() - 1L;
    long bytes = pages.bytes();
    long to = target.address(pages.to(run.first()), rows * run.toPitch() + bytes);
    MemorySegment from = source.asSlice(pages.from(run.first()), rows * run.fromPitch() + bytes);
    if (run.isDense(bytes)) {
      enqueueWrite(to, from);
      return;
    }
    CUDA_MEMCPY2D copy = run.copy(pointer(from), Address.of(to), bytes);
    context.check("cuMemcpy2DAsync", JCudaDriver.cuMemcpy2DAsync(copy, stream));
  }

  @Override
  public void download(Buffer source, long offset, MemorySegment target) {
    long address = ((CudaBuffer) source).address(offset, target.byteSize());
    begin();
    if (target.isNative()) {
      readLater(address, target);
    } else {
      read(address, target);
    }
  }

  @Override
  public void copy(Tensor from, Tensor to) {
    CudaBuffer source = (CudaBuffer) from.buffer();
    CudaBuffer target = (CudaBuffer) to.buffer();
    long bytes = from.type().bytes();
    begin();
    context.check(
        "cuMemcpyPeerAsync",
        JCudaDriver.cuMemcpyPeerAsync(
            Address.of(target.address(to.start(), bytes)),
            context.handle(),
            Address.of(source.address(from.start(), bytes)),
            source.context().handle(),
            bytes,
            stream));
  }

  /// Begins to copy an operand of a call to the host.
  void bring(HostCopy operand) {
    CudaBuffer buffer = (CudaBuffer) operand.tensor().buffer();
    operand.tensor().download(operand.bytes(), (at, target) -> bring(buffer, at, target));
  }

  private synchronized void bring(CudaBuffer buffer, long offset, MemorySegment target) {
    long bytes = target.byteSize();
    if (bytes <= PieceCopies.MOST_BYTES) {
      addPiece(buffer.address(offset, bytes), target.address(), bytes);
    } else {
      download(buffer, offset, target);
    }
  }

  /// Begins to copy a result of a call from the host.
  void take(HostCopy result) {
    CudaBuffer buffer = (CudaBuffer) result.tensor().buffer();
    long bytes = result.bytes().byteSize();
    copyPinned(buffer.address(result.tensor().start(), bytes), result.bytes());
  }

  /// Makes a number in page-locked memory be this one when all work so far is done.
  void writeNumber(long address, int number) {
    context.check(
        "cuStreamWriteValue32",
        JCudaDriver.cuStreamWriteValue32(stream, Address.of(address), number, 0));
  }

  /// Lets the work that follows begin only when a number in page-locked memory is this one.
  void waitForNumber(long address, int number) {
    context.check(
        "cuStreamWaitValue32",
        JCudaDriver.cuStreamWaitValue32(
            stream, Address.of(address), number, CUstreamWaitValue_flags.CU_STREAM_WAIT_VALUE_EQ));
  }

  /// Says that this queue comes to a call of the host whenever what is captured is replayed.
  synchronized void ask(CudaHostCall call) {
    captured.add(call);
  }

  private synchronized HostCalls hostCalls() {
    if (hostCalls == null) {
      hostCalls = new HostCalls(context);
    }
    return hostCalls;
  }

  @Override
  public void record(DeviceEvent event) {
    begin();
    CUevent handle = ((CudaEvent) event).handle();
    context.check("cuEventRecord", JCudaDriver.cuEventRecord(handle, stream));
  }

  /// The host waits for events that CUDA does not know.
  @Override
  public void waitFor(DeviceEvent event) {
    if (event instanceof CudaEvent known) {
      begin();
      context.check("cuStreamWaitEvent", JCudaDriver.cuStreamWaitEvent(stream, known.handle(), 0));
    } else {
      event.await();
    }
  }

  private static Pointer pointer(MemorySegment segment) {
    return Pointer.to(segment.asByteBuffer());
  }

  /// Sets bytes to zero.
  void clear(long target, long bytes) {
    begin();
    context.check(
        "cuMemsetD8Async",
        JCudaDriver.cuMemsetD8Async(Address.of(target), (byte) 0, bytes, stream));
  }

  /// Copies bytes within the device.
  void copy(long source, long target, long bytes) {
    context.check(
        "cuMemcpyDtoDAsync",
        JCudaDriver.cuMemcpyDtoDAsync(Address.of(target), Address.of(source), bytes, stream));
  }

  /// What is put into this queue meanwhile as a graph, to be put in again and again. The caller
  /// destroys it.
  synchronized Recording capture(Runnable work) {
    begin();
    context.check(
        "cuStreamBeginCapture",
        JCudaDriver.cuStreamBeginCapture(
            stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    captured = new ArrayList<>();
    CUgraph graph = new CUgraph();
    try {
      work.run();
      begin();
      return new Recording(instantiated(graph), List.copyOf(captured));
    } catch (RuntimeException e) {
      // Ends with an error of its own, since the work is not whole; the first one tells why.
      context.released("cuStreamEndCapture", JCudaDriver.cuStreamEndCapture(stream, graph));
      throw e;
    } finally {
      captured = null;
    }
  }

  private CUgraphExec instantiated(CUgraph graph) {
    context.check("cuStreamEndCapture", JCudaDriver.cuStreamEndCapture(stream, graph));
    try {
      CUgraphExec executable = new CUgraphExec();
      context.check("cuGraphInstantiate", JCudaDriver.cuGraphInstantiate(executable, graph, 0));
      return executable;
    } finally {
      context.released("cuGraphDestroy", JCudaDriver.cuGraphDestroy(graph));
    }
  }

  synchronized boolean isCapturing() {
    return captured != null;
  }

  /// Puts a graph into the queue.
  synchronized void replay(Recording recording) {
    begin();
    if (!recording.calls().isEmpty()) {
      hostCalls().add(recording.calls());
    }
    context.check("cuGraphLaunch", JCudaDriver.cuGraphLaunch(recording.graph(), stream));
  }

  /// Waits until all work so far is done.
  void finish() {
    begin();
    context.check("cuStreamSynchronize", JCudaDriver.cuStreamSynchronize(stream));
  }

  @Override
  public void close() {
    if (!context.isLost()) {
      finish();
    }
    if (hostCalls != null) {
      hostCalls.close();
    }
    if (staging != null) {
      staging.close();
    }
    if (landing != null) {
      landing.close();
    }
    context.released("cuStreamDestroy", JCudaDriver.cuStreamDestroy(stream));
    pieces.close();
    ended.run();
  }
}
