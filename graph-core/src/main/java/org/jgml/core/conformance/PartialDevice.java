package org.jgml.core.conformance;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.SplittableRandom;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;

/// A device that leaves some ops to others, drawn from a seed. The device stays the caller's.
record PartialDevice(Device device, long seed) implements Device {
  private static final int LEFT_OUT_ONE_IN = 3;

  @Override
  public String name() {
    return device.name() + " in part";
  }

  @Override
  public Map<String, String> facts() {
    return device.facts();
  }

  @Override
  public Verdict supports(Node node) {
    long drawn = new SplittableRandom(seed ^ node.op().name().hashCode()).nextInt(LEFT_OUT_ONE_IN);
    return drawn == 0 ? Verdict.no("left to others") : device.supports(node);
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
  public void synchronise() {
    device.synchronise();
  }

  @Override
  public void close() {}
}
