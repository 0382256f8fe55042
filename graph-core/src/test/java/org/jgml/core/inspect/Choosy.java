package org.jgml.core.inspect;

import java.util.function.Predicate;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Verdict;
import org.jgml.core.conformance.ForwardingDevice;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Op;
import org.jgml.core.reference.ReferenceDevice;

/// A device that computes some ops only.
record Choosy(Device device, Predicate<Op> ops) implements ForwardingDevice {
  Choosy(String name, Predicate<Op> ops) {
    this(new ReferenceDevice(name), ops);
  }

  @Override
  public Verdict supports(Node node) {
    return ops.test(node.op()) ? device.supports(node) : Verdict.no("choosy");
  }
}
