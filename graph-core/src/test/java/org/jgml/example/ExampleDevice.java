package org.jgml.example;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;

/// A device in host memory.
record ExampleDevice(String name) implements Device {
  @Override
  public Map<String, String> facts() {
    return Map.of("arithmetic", "plain loops");
  }

  @Override
  public Verdict supports(Node node) {
    return ExampleKernels.supports(node);
  }

  @Override
  public Buffer allocate(long bytes) {
    return HostBuffer.allocate(name, bytes);
  }

  @Override
  public Buffer load(MemorySegment bytes) {
    return HostBuffer.over(bytes);
  }

  @Override
  public Executable compile(Segment segment) {
    List<Runnable> kernels = segment.steps().stream().map(ExampleKernels::bind).toList();
    return new Executable() {
      @Override
      public void run() {
        kernels.forEach(Runnable::run);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {}
}
