package org.jgml.core.backend;

import java.util.List;

/// The ability of a device to copy and to compute beside the host, and beside itself.
///
/// Everything that [Device], [Buffer] and [Executable] say stays as it is: their work goes through
/// one stream, the main one, in order. This ability shows that stream, so that the host can enqueue
/// copies and events in it instead of waiting, and opens further ones.
public interface AsynchronousDevice extends Device {
  /// The stream that uploads, runs and downloads go through. The device's own; nobody closes it.
  DeviceStream mainStream();

  /// A further stream, whose copies may overlap with the work of others. The caller closes it.
  DeviceStream openStream();

  /// An event that has not been recorded; it counts as reached. The caller closes it.
  DeviceEvent newEvent();

  /// Host memory that streams copy from and to while the host goes on: page-locked, or mapped, or
  /// what else the driver copies without help. Zeroed; the caller closes it.
  ///
  /// @throws DeviceException if there is not enough
  HostMemory allocateHost(long bytes);

  /// Whether streams of this device read the memory of another by themselves, so that
  /// [DeviceStream#copy] brings values over without the host.
  default boolean reaches(Device other) {
    return false;
  }

  /// Whether its main stream waits for code of the host by itself: [#call].
  default boolean callsHost() {
    return false;
  }

  /// A call of the host as an executable: a run enqueues it in the main stream, and whoever asks
  /// for it goes on.
  ///
  /// @throws UnsupportedOperationException unless [#callsHost]
  default Executable call(StreamCall call) {
    throw new UnsupportedOperationException(name() + " does not call the host");
  }

  /// Executables of this device, calls among them, as one that runs them in order and owns them. A
  /// device that replays what it has recorded can then do so with all of them at once.
  default Executable join(List<Executable> parts) {
    return new JoinedExecutable(parts);
  }
}
