package org.jgml.core.runtime;

import java.util.List;
import org.jgml.core.backend.AsynchronousDevice;
import org.jgml.core.backend.DeviceEvent;
import org.jgml.core.backend.DeviceStream;

/// From one asynchronous device to another that reads its memory: one copy, the host goes on.
///
/// The second device fetches the values when it is ready for them; until it has them, the first
/// does not go on to the work that may overwrite them.
final class PeerCrossing implements Crossing {
  private final DeviceStream from;
  private final DeviceStream to;
  private final List<Value> values;
  private final Tally tally;
  private final DeviceEvent made;
  private final DeviceEvent arrived;

  PeerCrossing(
      AsynchronousDevice from,
      AsynchronousDevice to,
      List<Value> values,
      Staging staging,
      Tally tally) {
    this.from = from.mainStream();
    this.to = to.mainStream();
    this.values = values;
    this.tally = tally;
    this.made = staging.event(from);
    this.arrived = staging.event(to);
  }

  @Override
  public void run() {
    from.record(made);
    to.waitFor(made);
    for (Value value : values) {
      to.copy(value.from(), value.to());
      tally.crossed(value.bytes());
    }
    to.record(arrived);
    from.waitFor(arrived);
  }

  /// The second device has waited for this event, so this does not.
  @Override
  public void check() {
    made.await();
  }
}
