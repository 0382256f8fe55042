package org.jgml.core.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.AsynchronousDevice;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceEvent;
import org.jgml.core.backend.HostMemory;

/// Host memory and events of one execution, for what goes to and from devices. Owns both.
final class Staging implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final Arena arena = Arena.ofShared();
  private final List<HostMemory> pinned = new ArrayList<>();
  private final List<DeviceEvent> events = new ArrayList<>();

  /// Memory that a device copies to or from: its own kind if it has one.
  MemorySegment allocate(Device device, long bytes) {
    if (bytes > 0 && device instanceof AsynchronousDevice asynchronous) {
      HostMemory memory = asynchronous.allocateHost(bytes);
      pinned.add(memory);
      return memory.segment();
    }
    return arena.allocate(bytes, ALIGNMENT);
  }

  DeviceEvent event(AsynchronousDevice device) {
    DeviceEvent event = device.newEvent();
    events.add(event);
    return event;
  }

  /// No stream may still be using it.
  @Override
  public void close() {
    events.forEach(DeviceEvent::close);
    pinned.forEach(HostMemory::close);
    arena.close();
  }
}
