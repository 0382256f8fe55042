package org.jgml.cuda;

import java.util.List;
import java.util.concurrent.LinkedBlockingDeque;

/// Code of the host in the order of the main stream, run by a thread of its own.
final class HostCalls implements AutoCloseable {
  /// As long as a device usually takes to the next call; asleep a thread answers some 50 µs later.
  static final long SPIN_NANOS = 200_000;

  private final CudaContext context;
  private final LinkedBlockingDeque<CudaHostCall> calls = new LinkedBlockingDeque<>();
  private final Thread thread;
  private volatile boolean closed;

  HostCalls(CudaContext context) {
    this.context = context;
    this.thread =
        Thread.ofPlatform().daemon().name(context.device() + " host calls").start(this::work);
  }

  /// Says that the stream comes to these calls.
  void add(List<CudaHostCall> asked) {
    calls.addAll(asked);
  }

  private void work() {
    try {
      CudaHostCall next = next();
      while (next.answer(this::isOver)) {
        next = next();
      }
    } catch (InterruptedException _) {
      // Only closing ends the thread.
    }
  }

  /// Whether no stream comes to a call any more.
  private boolean isOver() {
    return closed || context.isLost();
  }

  /// The next call. Waking up takes longer than most calls, so this does not sleep at once.
  private CudaHostCall next() throws InterruptedException {
    long start = System.nanoTime();
    while (calls.isEmpty() && System.nanoTime() - start < SPIN_NANOS) {
      Thread.onSpinWait();
    }
    return calls.take();
  }

  /// No call may be under way any more, but on a lost device.
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
