package org.jgml.core.conformance;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Segment;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Cost;

/// Measures how long a device takes for a case.
public final class CaseTimer {
  private static final long LEAST_NANOS = Duration.ofMillis(20).toNanos();
  private static final int WARM_UP_RUNS = 50;

  private CaseTimer() {}

  /// A time and the work done in it.
  ///
  /// @param nanos for one run
  public record Timing(double nanos, Cost cost) {
    /// Bytes that are read and written at least, in 10⁹ a second.
    public double gigabytesPerSecond() {
      return cost.bytes() / nanos;
    }

    /// Floating-point operations, in 10⁹ a second.
    public double gigaflops() {
      return cost.flops() / nanos;
    }
  }

  /// Runs a case again and again for some time.
  public static Timing time(ConformanceCase given, Device device) {
    Node node = given.node();
    CaseMemory memory = new CaseMemory(given, node, false);
    try (Buffer buffer = device.allocate(memory.bytes());
        Executable executable = device.compile(new Segment(memory.steps(buffer, -1)))) {
      buffer.upload(0, MemorySegment.ofArray(memory.initial(CaseMemory.CANARY)));
      for (int i = 0; i < WARM_UP_RUNS; i++) {
        executable.run();
      }
      return new Timing(nanos(executable), given.op().cost(node.operands(), node.type()));
    }
  }

  private static double nanos(Executable executable) {
    long runs = 0;
    long begin = System.nanoTime();
    long spent = 0;
    while (spent < LEAST_NANOS) {
      executable.run();
      runs++;
      spent = System.nanoTime() - begin;
    }
    return (double) spent / runs;
  }
}
