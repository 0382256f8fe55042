package org.jgml.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.StreamCall;
import org.jgml.core.backend.StreamCall.HostCopy;

/// A call of the host in the main stream. As part of a graph it stops nobody but the stream: two
/// numbers in page-locked memory keep the order. The stream sets one when it has come to the call,
/// and the thread of [HostCalls] takes it back; that thread sets the other when the code has run,
/// and the stream takes it back. So a graph, which writes and waits for the same numbers each time,
/// can hold the call.
///
/// Outside a graph the caller waits and runs the code. A stream must not wait for the host while a
/// kernel is put in for the first time: the driver may load it then, or make room for what its
/// threads spill, and wait for the whole device with locks held that the code of the host needs.
final class CudaHostCall implements Executable {
  private static final VarHandle NUMBER = ValueLayout.JAVA_INT.varHandle();

  /// Far enough from each other that the device and the host write to lines of their own.
  private static final long REACHED = 0;

  private static final long DONE = 128;
  private static final long BYTES = 256;
  private static final long SLEEP_NANOS = 20_000;

  private final CudaStream stream;
  private final StreamCall call;
  private final PinnedMemory memory;
  private final MemorySegment numbers;
  private final long address;

  CudaHostCall(CudaStream stream, StreamCall call) {
    this.stream = stream;
    this.call = call;
    this.memory = new PinnedMemory(stream.context(), BYTES);
    this.numbers = memory.segment();
    this.address = memory.deviceAddress();
  }

  @Override
  public void run() {
    stream.begin();
    for (HostCopy operand : call.operands()) {
      stream.bring(operand);
    }
    if (stream.isCapturing()) {
      handOver();
    } else {
      stream.finish();
      call.code().run();
    }
    for (HostCopy result : call.results()) {
      stream.take(result);
    }
  }

  private void handOver() {
    stream.begin();
    if (call.waitsForStream()) {
      stream.writeNumber(address + REACHED, 1);
    }
    stream.ask(this);
    if (call.stopsStream()) {
      stream.waitForNumber(address + DONE, 1);
      stream.writeNumber(address + DONE, 0);
    }
  }

  /// Runs the code when it is its turn.
  ///
  /// @param isOver whether the stream will never come here
  /// @return whether it has run
  boolean answer(BooleanSupplier isOver) {
    if (call.waitsForStream() && !awaitReached(isOver)) {
      return false;
    }
    call.code().run();
    if (call.stopsStream()) {
      NUMBER.setRelease(numbers, DONE, 1);
    }
    return true;
  }

  private boolean awaitReached(BooleanSupplier isOver) {
    long start = System.nanoTime();
    while ((int) NUMBER.getAcquire(numbers, REACHED) == 0) {
      if (isOver.getAsBoolean()) {
        return false;
      }
      if (System.nanoTime() - start < HostCalls.SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(SLEEP_NANOS);
      }
    }
    NUMBER.setRelease(numbers, REACHED, 0);
    return true;
  }

  @Override
  public void close() {
    memory.close();
  }
}
