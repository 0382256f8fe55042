package org.jgml.core.backend;

import java.util.concurrent.CompletableFuture;

/// A point in a [DelayedStream].
final class DelayedEvent implements DeviceEvent {
  private final DelayedDevice device;
  private volatile CompletableFuture<Void> point = CompletableFuture.completedFuture(null);

  DelayedEvent(DelayedDevice device) {
    this.device = device;
  }

  CompletableFuture<Void> point() {
    return point;
  }

  CompletableFuture<Void> next() {
    point = new CompletableFuture<>();
    return point;
  }

  @Override
  public boolean isReached() {
    return point.isDone();
  }

  @Override
  public void await() {
    device.countWait();
    point.join();
    device.throwFailure();
  }

  @Override
  public void close() {
    device.released(this);
  }
}
