package org.jgml.core.backend;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.jgml.core.graph.Node;

/// Something that holds tensors and runs ops on them.
///
/// Thread-safe, but executables of one device run one at a time.
public interface Device extends AutoCloseable {
  /// A unique name, such as `cpu` or `cuda:0`.
  String name();

  /// Facts for people, such as lanes, threads and memory, in the order to show them.
  Map<String, String> facts();

  /// Whether this device has a kernel for a node, and if not why. Depends only on op and types.
  Verdict supports(Node node);

  /// Zeroed memory of this device.
  ///
  /// @throws DeviceException if there is not enough
  Buffer allocate(long bytes);

  /// Read-only bytes for this device: used in place where it can read host memory, else copied. The
  /// segment stays the caller's and must outlive the buffer.
  Buffer load(MemorySegment bytes);

  /// Prepares steps to be run in order, many times.
  Executable compile(Segment segment);

  /// Ends the device: its threads, streams and caches. Buffers must have been closed before.
  @Override
  void close();
}
