package org.jgml.core.backend;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/// Commands of a [DelayedDevice], done by a thread of their own, each after a random delay.
final class DelayedStream implements DeviceStream {
  private static final int LONGEST_DELAY_NANOS = 200_000;
  private static final Runnable END = () -> {};

  private final DelayedDevice device;
  private final Random random;
  private final LinkedBlockingQueue<Runnable> commands = new LinkedBlockingQueue<>();
  private final Thread thread;

  DelayedStream(DelayedDevice device, long seed) {
    this.device = device;
    this.random = new Random(seed);
    this.thread = Thread.ofPlatform().daemon().name("delayed stream").start(this::work);
  }

  private void work() {
    try {
      for (Runnable next = commands.take(); next != END; next = commands.take()) {
        LockSupport.parkNanos(random.nextInt(LONGEST_DELAY_NANOS));
        next.run();
      }
    } catch (InterruptedException _) {
      // Only closing ends the thread.
    }
  }

  /// Adds a command that may fail.
  void enqueue(Runnable command) {
    commands.add(() -> device.attempt(command));
  }

  /// Adds something that is done even when the device has failed.
  private void enqueueAlways(Runnable command) {
    commands.add(command);
  }

  @Override
  public void upload(Buffer target, long offset, MemorySegment source) {
    HostBuffer memory = ((DelayedBuffer) target).memory();
    enqueue(() -> memory.upload(offset, source));
  }

  @Override
  public void download(Buffer source, long offset, MemorySegment target) {
    HostBuffer memory = ((DelayedBuffer) source).memory();
    enqueue(() -> memory.download(offset, target));
  }

  @Override
  public void copy(Tensor from, Tensor to) {
    DelayedBuffer source = (DelayedBuffer) from.buffer();
    HostBuffer target = ((DelayedBuffer) to.buffer()).memory();
    if (!device.reaches(source.device())) {
      throw new IllegalArgumentException("%s does not reach %s".formatted(device, source.device()));
    }
    long bytes = from.type().bytes();
    device.countPeerBytes(bytes);
    enqueue(
        () -> target.upload(to.start(), source.memory().segment().asSlice(from.start(), bytes)));
  }

  /// Enqueues a call whose code another stream runs, each waiting for the other only where it must.
  void call(StreamCall call, DelayedStream caller) {
    for (StreamCall.HostCopy operand : call.operands()) {
      Tensor from = operand.tensor();
      from.download(operand.bytes(), (offset, target) -> download(from.buffer(), offset, target));
    }
    CompletableFuture<Void> reached = new CompletableFuture<>();
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (call.waitsForStream()) {
      enqueueAlways(() -> reached.complete(null));
      caller.enqueueAlways(reached::join);
    }
    caller.enqueueAlways(call.code());
    caller.enqueueAlways(() -> done.complete(null));
    if (call.stopsStream()) {
      enqueueAlways(done::join);
    }
    for (StreamCall.HostCopy result : call.results()) {
      upload(result.tensor().buffer(), result.tensor().start(), result.bytes());
    }
  }

  @Override
  public void record(DeviceEvent event) {
    CompletableFuture<Void> point = ((DelayedEvent) event).next();
    enqueueAlways(() -> point.complete(null));
  }

  @Override
  public void waitFor(DeviceEvent event) {
    if (event instanceof DelayedEvent delayed) {
      CompletableFuture<Void> point = delayed.point();
      enqueueAlways(point::join);
    } else {
      event.await();
    }
  }

  /// Waits until all commands so far are done.
  void finish() {
    CompletableFuture<Void> end = new CompletableFuture<>();
    enqueueAlways(() -> end.complete(null));
    end.join();
  }

  @Override
  public void close() {
    commands.add(END);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    device.released(this);
  }
}
