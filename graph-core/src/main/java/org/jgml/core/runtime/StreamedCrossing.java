package org.jgml.core.runtime;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.jgml.core.backend.AsynchronousDevice;
import org.jgml.core.backend.DeviceEvent;
import org.jgml.core.backend.DeviceStream;
import org.jgml.core.backend.Tensor;

/// From one asynchronous device to another: enqueued on both, and the host goes on.
///
/// There are several copies of the bytes in between, so that the first device can go on with the
/// next run while the second still reads those of the last.
final class StreamedCrossing implements Crossing {
  private static final int COPIES = 2;

  private final DeviceStream from;
  private final DeviceStream to;
  private final List<Value> values;
  private final List<Copy> copies;
  private final Tally tally;
  private int next;

  /// @param bytes host memory, by value
  /// @param left reached when the bytes are those of the first device
  /// @param arrived reached when the second device has them
  private record Copy(List<MemorySegment> bytes, DeviceEvent left, DeviceEvent arrived) {}

  StreamedCrossing(
      AsynchronousDevice from,
      AsynchronousDevice to,
      List<Value> values,
      Staging staging,
      Tally tally) {
    this.from = from.mainStream();
    this.to = to.mainStream();
    this.values = values;
    this.tally = tally;
    this.copies = Stream.generate(() -> copy(from, to, values, staging)).limit(COPIES).toList();
  }

  private static Copy copy(
      AsynchronousDevice from, AsynchronousDevice to, List<Value> values, Staging staging) {
    return new Copy(
        values.stream().map(value -> staging.allocate(from, value.bytes())).toList(),
        staging.event(from),
        staging.event(to));
  }

  @Override
  public void run() {
    Copy copy = copies.get(next);
    next = (next + 1) % COPIES;
    from.waitFor(copy.arrived());
    for (int i = 0; i < values.size(); i++) {
      Tensor value = values.get(i).from();
      from.download(value.buffer(), value.start(), copy.bytes().get(i));
    }
    from.record(copy.left());
    to.waitFor(copy.left());
    for (int i = 0; i < values.size(); i++) {
      Tensor value = values.get(i).to();
      to.upload(value.buffer(), value.start(), copy.bytes().get(i));
      tally.crossed(values.get(i).bytes());
    }
    to.record(copy.arrived());
  }

  /// The second device has waited for these events, so this does not.
  @Override
  public void check() {
    copies.forEach(copy -> copy.left().await());
  }
}
