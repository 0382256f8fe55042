package org.jgml.core.conformance;

import java.util.SplittableRandom;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;

/// A device that leaves some ops to others, drawn from a seed. The device stays the caller's.
record PartialDevice(Device device, long seed) implements ForwardingDevice {
  private static final int LEFT_OUT_ONE_IN = 3;

  @Override
  public String name() {
    return device.name() + " in part";
  }

  @Override
  public Verdict supports(Node node) {
    long drawn = new SplittableRandom(seed ^ node.op().name().hashCode()).nextInt(LEFT_OUT_ONE_IN);
    return drawn == 0 ? Verdict.no("left to others") : device.supports(node);
  }
}
