package org.jgml.core.inspect;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.function.Predicate;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Op;
import org.jgml.core.reference.ReferenceDevice;

/// A device that computes some ops only.
record Choosy(Device device, Predicate<Op> ops) implements Device {
  Choosy(String name, Predicate<Op> ops) {
    this(new ReferenceDevice(name), ops);
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public Map<String, String> facts() {
    return device.facts();
  }

  @Override
  public Verdict supports(Node node) {
    return ops.test(node.op()) ? device.supports(node) : Verdict.no("choosy");
  }

  @Override
  public Buffer allocate(long bytes) {
    return device.allocate(bytes);
  }

  @Override
  public Buffer load(MemorySegment bytes) {
    return device.load(bytes);
  }

  @Override
  public Executable compile(Segment segment) {
    return device.compile(segment);
  }

  @Override
  public void close() {
    device.close();
  }
}
