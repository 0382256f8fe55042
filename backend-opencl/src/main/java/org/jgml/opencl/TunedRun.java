package org.jgml.opencl;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.jgml.core.graph.Graph;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.LoadedWeights;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;

/// A graph made ready to be timed on a device that is tuned in one way.
final class TunedRun implements AutoCloseable {
  private static final int RUNS = 4;

  private final OpenClDevice device;
  private final LoadedWeights weights;
  private final Session session;
  private final Execution execution;

  /// @param device its own: closed with it
  /// @param weight the bytes of the graph's weight; the caller's
  TunedRun(OpenClDevice device, Graph graph, MemorySegment weight) {
    this.device = device;
    weights = new LoadedWeights(_ -> Optional.of(weight));
    session = new Session(weights);
    try {
      execution =
          session.execution(
              ExecutionPlan.of(graph, List.of(device), PlacementPolicy.firstThatSupports()));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// What a few runs take, one after the other.
  long nanos() {
    long start = System.nanoTime();
    for (int run = 0; run < RUNS; run++) {
      execution.run();
    }
    device.synchronise();
    return System.nanoTime() - start;
  }

  @Override
  public void close() {
    try (device;
        weights;
        session) {
      // Closed in reverse order: what runs first, then what it reads, then the device.
    }
  }
}
