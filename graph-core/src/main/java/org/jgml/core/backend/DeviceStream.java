package org.jgml.core.backend;

import java.lang.foreign.MemorySegment;

/// Work that a device does in order, beside the host and beside its other streams.
///
/// No method waits, if the host memory in use is [AsynchronousDevice#allocateHost]'s; with other
/// memory a copy may. Thread-safe. What fails in a stream is thrown by whoever waits for it:
/// [DeviceEvent#await], [Buffer#download], [Device#synchronise].
public interface DeviceStream extends AutoCloseable {
  /// Copies host bytes into a buffer of this device. They must stay as they are until an event
  /// after this is reached.
  void upload(Buffer target, long offset, MemorySegment source);

  /// Copies bytes of a buffer of this device to the host, where they are once an event after this
  /// is reached.
  void download(Buffer source, long offset, MemorySegment target);

  /// Copies pages that lie scattered in host memory into a buffer of this device, as one piece of
  /// work where the device can read host memory by itself. As [#upload] otherwise.
  default void gather(Buffer target, MemorySegment source, Pages pages) {
    for (int page = 0; page < pages.count(); page++) {
      upload(target, pages.to(page), source.asSlice(pages.from(page), pages.bytes()));
    }
  }

  /// Copies a value of a device that this one reaches ([AsynchronousDevice#reaches]) to this one;
  /// both are dense. It must stay as it is until an event after this is reached.
  ///
  /// @throws UnsupportedOperationException if this device reaches no other
  default void copy(Tensor from, Tensor to) {
    throw new UnsupportedOperationException("this device reaches no other");
  }

  /// Makes an event be reached when all work of this stream so far is done. An event of this
  /// device, which may have been recorded before; then that is forgotten.
  void record(DeviceEvent event);

  /// Lets the work that follows begin only when an event, of any device, is reached. The event may
  /// be recorded again at once.
  void waitFor(DeviceEvent event);

  /// Waits for the work and ends the stream.
  @Override
  void close();
}
