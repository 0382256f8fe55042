package org.jgml.core.schedule;

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

/// A device that claims to support some ops and has no memory: for tests of placement and planning.
record NullDevice(String name, Predicate<Op> supported) implements Device {
  @Override
  public Map<String, String> facts() {
    return Map.of();
  }

  @Override
  public Verdict supports(Node node) {
    return supported.test(node.op()) ? Verdict.YES : Verdict.no("a null device without it");
  }

  @Override
  public Buffer allocate(long bytes) {
    throw new AssertionError("planning must not allocate");
  }

  @Override
  public Buffer load(MemorySegment bytes) {
    throw new AssertionError("planning must not load");
  }

  @Override
  public Executable compile(Segment segment) {
    throw new AssertionError("planning must not compile");
  }

  @Override
  public void close() {}
}
