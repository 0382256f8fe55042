package org.jgml.core.conformance;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.jgml.core.backend.AsynchronousDevice;
import org.jgml.core.backend.BoundedDevice;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Factors;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;

/// A device that is another one but for what it overrides, as tests of schedulers and of the
/// conformance suite need it. What else the other one can do ([AsynchronousDevice],
/// [BoundedDevice]) is not passed on, nor is [#close]: the other device stays its owner's.
public interface ForwardingDevice extends Device {
  /// The other device.
  Device device();

  @Override
  default String name() {
    return device().name();
  }

  @Override
  default Map<String, String> facts() {
    return device().facts();
  }

  @Override
  default Verdict supports(Node node) {
    return device().supports(node);
  }

  @Override
  default Factors factors(Node node) {
    return device().factors(node);
  }

  @Override
  default Buffer allocate(long bytes) {
    return device().allocate(bytes);
  }

  @Override
  default Buffer load(MemorySegment bytes) {
    return device().load(bytes);
  }

  @Override
  default Executable compile(Segment segment) {
    return device().compile(segment);
  }

  @Override
  default void synchronise() {
    device().synchronise();
  }

  @Override
  default void close() {}
}
