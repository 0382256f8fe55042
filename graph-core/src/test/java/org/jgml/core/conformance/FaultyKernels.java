package org.jgml.core.conformance;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;
import org.jgml.core.reference.ReferenceDevice;

/// The reference device with seeded faults.
///
/// @param threads what the device was opened with
record FaultyKernels(Device device, Set<SeededFault> faults, int threads)
    implements ForwardingDevice {
  FaultyKernels(Set<SeededFault> faults, int threads) {
    this(new ReferenceDevice("seeded"), faults, threads);
  }

  @Override
  public Map<String, String> facts() {
    return Map.of("threads", Integer.toString(threads));
  }

  @Override
  public Verdict supports(Node node) {
    return has(SeededFault.FALSE_NO, node) ? Verdict.no("no kernel") : device.supports(node);
  }

  private boolean has(SeededFault fault, Node node) {
    return faults.contains(fault) && fault.op().equals(node.op().name());
  }

  @Override
  public Buffer allocate(long bytes) {
    Buffer buffer = device.allocate(bytes);
    return faults.contains(SeededFault.LEAKED_BUFFER) ? leaking(buffer) : buffer;
  }

  /// Memory that is not given back; devices on the host need to see the buffer itself.
  private static Buffer leaking(Buffer buffer) {
    return HostBuffer.over(((HostBuffer) buffer).segment());
  }

  @Override
  public Executable compile(Segment segment) {
    List<Runnable> steps = segment.steps().stream().map(this::kernel).toList();
    return new Executable() {
      @Override
      public void run() {
        steps.forEach(Runnable::run);
      }

      @Override
      public void close() {}
    };
  }

  private Runnable kernel(Step step) {
    for (SeededFault fault : faults) {
      if (fault.op().equals(step.op().name())) {
        return fault.kernel(new Right(device, step, threads));
      }
    }
    return () -> run(device, step);
  }

  static void run(Device device, Step step) {
    try (Executable executable = device.compile(new Segment(List.of(step)))) {
      executable.run();
    }
  }

  /// A step and the kernel that does it right.
  record Right(Device device, Step step, int threads) {
    void run() {
      FaultyKernels.run(device, step);
    }

    void run(Step other) {
      FaultyKernels.run(device, other);
    }

    Tensor output() {
      return step.output();
    }
  }
}
