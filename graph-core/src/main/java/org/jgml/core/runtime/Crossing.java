package org.jgml.core.runtime;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.AsynchronousDevice;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;

/// Values of one device that a split on another reads, brought there once a run.
///
/// Values are memory of their owners, dense from their start.
sealed interface Crossing
    permits Crossing.FromHost, Crossing.ThroughHost, PeerCrossing, StreamedCrossing {
  /// The same value on both devices.
  record Value(Tensor from, Tensor to) {
    long bytes() {
      return from.type().bytes();
    }
  }

  /// Brings them over; what the second device does afterwards sees them.
  void run();

  /// Tells what went wrong on the first device, once something has waited for the second.
  ///
  /// @throws org.jgml.core.backend.DeviceException if the first device failed
  default void check() {}

  /// The way that suits two devices.
  static Crossing of(Device from, Device to, List<Value> values, Staging staging, Tally tally) {
    if (values.getFirst().from().buffer() instanceof HostBuffer) {
      return new FromHost(values, tally);
    }
    boolean isToHost = values.getFirst().to().buffer() instanceof HostBuffer;
    if (!isToHost
        && from instanceof AsynchronousDevice source
        && to instanceof AsynchronousDevice target) {
      return target.reaches(source)
          ? new PeerCrossing(source, target, values, staging, tally)
          : new StreamedCrossing(source, target, values, staging, tally);
    }
    return throughHost(from, isToHost, values, staging, tally);
  }

  private static Crossing throughHost(
      Device from, boolean isToHost, List<Value> values, Staging staging, Tally tally) {
    List<Readback.Copy> copies = new ArrayList<>();
    List<Upload> uploads = new ArrayList<>();
    for (Value value : values) {
      MemorySegment bytes =
          isToHost ? host(value.to()) : staging.allocate(from, value.from().type().bytes());
      copies.add(new Readback.Copy(value.from(), bytes));
      if (!isToHost) {
        uploads.add(new Upload(bytes, value.to()));
      }
    }
    long bytes = values.stream().mapToLong(Value::bytes).sum();
    return new ThroughHost(Readback.of(from, copies, staging, tally), uploads, bytes, tally);
  }

  private static MemorySegment host(Tensor tensor) {
    return tensor.segment().asSlice(tensor.start(), tensor.type().bytes());
  }

  /// Bytes for a device.
  record Upload(MemorySegment bytes, Tensor to) {}

  /// From a device that computes in host memory.
  record FromHost(List<Value> values, Tally tally) implements Crossing {
    @Override
    public void run() {
      for (Value value : values) {
        value.to().buffer().upload(value.to().start(), host(value.from()));
        tally.crossed(value.bytes());
      }
    }
  }

  /// To host memory, and from there to the other device if that is not where it computes.
  record ThroughHost(Readback readback, List<Upload> uploads, long bytes, Tally tally)
      implements Crossing {
    @Override
    public void run() {
      readback.run();
      for (Upload upload : uploads) {
        upload.to().buffer().upload(upload.to().start(), upload.bytes());
      }
      tally.crossed(bytes);
    }
  }
}
