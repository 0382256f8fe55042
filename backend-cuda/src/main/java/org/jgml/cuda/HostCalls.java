package org.jgml.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.locks.LockSupport;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamWaitValue_flags;
import jcuda.driver.JCudaDriver;

/// Code of the host in the order of one stream. The stream writes to page-locked memory how many
/// calls it has come to; a thread sees it, runs the code, and writes how many are done, for which
/// the stream waits.
final class HostCalls implements AutoCloseable {
  private static final VarHandle NUMBER = ValueLayout.JAVA_INT.varHandle();
  private static final Runnable END = () -> {};

  /// Far enough from each other that the device and the host write to lines of their own.
  private static final long REACHED = 0;

  private static final long DONE = 128;
  private static final long BYTES = 256;

  /// As long as a device usually takes to the next call; asleep a thread answers some 50 µs later.
  private static final long SPIN_NANOS = 200_000;

  private static final long SLEEP_NANOS = 20_000;

  private final CudaContext context;
  private final CUstream stream;
  private final PinnedMemory memory;
  private final MemorySegment numbers;
  private final long address;
  private final LinkedBlockingDeque<Runnable> calls = new LinkedBlockingDeque<>();
  private final Thread thread;
  private int asked;
  private volatile boolean closed;

  HostCalls(CudaContext context, CUstream stream) {
    this.context = context;
    this.stream = stream;
    this.memory = new PinnedMemory(context, BYTES);
    this.numbers = memory.segment();
    this.address = memory.deviceAddress();
    this.thread =
        Thread.ofPlatform().daemon().name(context.device() + " host calls").start(this::work);
  }

  /// Puts a call into the stream.
  synchronized void add(Runnable code) {
    calls.add(code);
    asked++;
    int written = JCudaDriver.cuStreamWriteValue32(stream, Address.of(address + REACHED), asked, 0);
    if (written != 0) {
      calls.removeLast();
      asked--;
    }
    context.check("cuStreamWriteValue32", written);
    context.check(
        "cuStreamWaitValue32",
        JCudaDriver.cuStreamWaitValue32(
            stream,
            Address.of(address + DONE),
            asked,
            CUstreamWaitValue_flags.CU_STREAM_WAIT_VALUE_GEQ));
  }

  private void work() {
    try {
      int number = 1;
      for (Runnable next = next(); next != END; next = next()) {
        if (!awaitReached(number)) {
          return;
        }
        next.run();
        NUMBER.setRelease(numbers, DONE, number++);
      }
    } catch (InterruptedException _) {
      // Only closing ends the thread.
    }
  }

  /// The next call. Waking up takes longer than most calls, so this does not sleep at once.
  private Runnable next() throws InterruptedException {
    long start = System.nanoTime();
    while (calls.isEmpty() && System.nanoTime() - start < SPIN_NANOS) {
      Thread.onSpinWait();
    }
    return calls.take();
  }

  /// Waits until the stream has come to a call; false if it never will.
  private boolean awaitReached(int number) {
    long start = System.nanoTime();
    while ((int) NUMBER.getAcquire(numbers, REACHED) - number < 0) {
      if (closed || context.isLost()) {
        return false;
      }
      if (System.nanoTime() - start < SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(SLEEP_NANOS);
      }
    }
    return true;
  }

  /// No call may be under way any more, but on a lost device.
  @Override
  public void close() {
    closed = true;
    calls.add(END);
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    memory.close();
  }
}
