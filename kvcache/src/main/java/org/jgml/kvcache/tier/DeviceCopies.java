package org.jgml.kvcache.tier;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.AsynchronousDevice;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceEvent;
import org.jgml.core.backend.DeviceStream;
import org.jgml.core.backend.HostMemory;
import org.jgml.core.backend.Pages;

/// The way of blocks from host memory to a device: through a stream of its own where the device has
/// such, beside what it computes. One thread copies at a time.
public final class DeviceCopies implements AutoCloseable {
  /// For memory that the host writes itself.
  static final DeviceCopies BY_HOST = new DeviceCopies(null, null, null);

  private final AsynchronousDevice device;
  private final DeviceStream stream;
  private final DeviceEvent event;
  private HostMemory staging;

  private DeviceCopies(AsynchronousDevice device, DeviceStream stream, DeviceEvent event) {
    this.device = device;
    this.stream = stream;
    this.event = event;
  }

  /// The way to a device, which must stay open.
  public static DeviceCopies to(Device device) {
    return device instanceof AsynchronousDevice able
        ? new DeviceCopies(able, able.openStream(), able.newEvent())
        : BY_HOST;
  }

  /// Makes room for blocks on their way. While something is computed it would be too late:
  /// allocating may wait for the device, and the device for the blocks.
  ///
  /// @return whether there was none before
  boolean prepare(long bytes) {
    boolean isMissing = device != null && staging == null;
    if (isMissing) {
      staging = device.allocateHost(bytes);
    }
    return isMissing;
  }

  /// Where blocks are read to on their way: memory that the device copies from by itself, or
  /// `otherwise` where the host copies.
  MemorySegment staging(MemorySegment otherwise) {
    return device == null ? otherwise : staging.segment();
  }

  /// Begins to copy pages; they must stay as they are until [#await] returns.
  void gather(Buffer target, MemorySegment source, Pages pages) {
    if (stream != null) {
      stream.gather(target, source, pages);
      return;
    }
    for (int page = 0; page < pages.count(); page++) {
      target.upload(pages.to(page), source.asSlice(pages.from(page), pages.bytes()));
    }
  }

  /// Waits until all is there.
  void await() {
    if (stream != null) {
      stream.record(event);
      event.await();
    }
  }

  @Override
  public void close() {
    try (HostMemory _ = staging;
        event;
        stream) {
      // Closed in reverse order: what copies first, then what it copies from.
    }
  }
}
