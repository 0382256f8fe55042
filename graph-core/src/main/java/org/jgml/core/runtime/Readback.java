package org.jgml.core.runtime;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jgml.core.backend.AsynchronousDevice;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceEvent;
import org.jgml.core.backend.DeviceStream;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;

/// Values of one device on their way to host memory.
sealed interface Readback {
  /// A value and where its dense, row-major bytes go.
  record Copy(Tensor from, MemorySegment to) {}

  /// Copies all of them and waits until they are there.
  void run();

  /// The way that suits a device.
  static Readback of(Device device, List<Copy> copies, Staging staging, Tally tally) {
    if (!copies.isEmpty() && device instanceof AsynchronousDevice asynchronous) {
      return new Streamed(asynchronous, copies, staging.event(asynchronous), tally);
    }
    return new OneByOne(copies, tally);
  }

  /// The host waits for each.
  record OneByOne(List<Copy> copies, Tally tally) implements Readback {
    @Override
    public void run() {
      for (Copy copy : copies) {
        copy.from().download(copy.to());
        if (!(copy.from().buffer() instanceof HostBuffer)) {
          tally.waited();
        }
      }
    }
  }

  /// The host waits once for all.
  record Streamed(AsynchronousDevice device, List<Copy> copies, DeviceEvent arrived, Tally tally)
      implements Readback {
    @Override
    public void run() {
      DeviceStream stream = device.mainStream();
      for (Copy copy : copies) {
        Tensor from = copy.from();
        from.download(
            copy.to(), (offset, target) -> stream.download(from.buffer(), offset, target));
      }
      stream.record(arrived);
      arrived.await();
      tally.waited();
    }
  }
}
