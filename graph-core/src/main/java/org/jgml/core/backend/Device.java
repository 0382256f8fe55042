package org.jgml.core.backend;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.jgml.core.graph.Node;

/// Something that holds tensors and runs ops on them.
///
/// Thread-safe. A device does its work in order: uploads, runs and downloads of its buffers take
/// effect one after the other as they were asked for, though an asynchronous device may return
/// before they have. Only [Buffer#download] and [#synchronise] wait. Further abilities are
/// interfaces of their own: [AsynchronousDevice], [BoundedDevice].
public interface Device extends AutoCloseable {
  /// A unique name, such as `cpu` or `cuda:0`.
  String name();

  /// Facts for people, such as lanes, threads and memory, in the order to show them.
  Map<String, String> facts();

  /// Whether this device has a kernel for a node, and if not why. Depends only on op and types.
  Verdict supports(Node node);

  /// How the factors of a node's products are multiplied. Depends only on op and types.
  default Factors factors(Node node) {
    return Factors.EXACT;
  }

  /// Zeroed memory of this device.
  ///
  /// @throws DeviceException if there is not enough
  Buffer allocate(long bytes);

  /// Read-only bytes for this device: used in place where it can read host memory, else copied. The
  /// segment stays the caller's and must outlive the buffer.
  Buffer load(MemorySegment bytes);

  /// Prepares steps to be run in order, many times.
  Executable compile(Segment segment);

  /// Waits until all work asked for so far is done.
  ///
  /// @throws DeviceException if some of it failed
  default void synchronise() {}

  /// Ends the device: its threads, streams and caches. Buffers must have been closed before.
  @Override
  void close();
}
