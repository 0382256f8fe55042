package org.jgml.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.RmsNorm;
import org.jgml.core.op.Unary;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.LoadedWeights;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// Measures how kernels are best cut for a device: one number of a [Tuning] after another, each by
/// a small graph that depends on it.
///
/// @param device the device
/// @param profile its limits
record TuningSearch(OpenClDevice device, DeviceProfile profile) {
  private static final int LENGTH = 2048;
  private static final int ROUNDS = 5;
  private static final int RUNS = 8;

  /// What a value must need at most, of the time of the best before it, to be taken: times vary.
  private static final double WORTH = 0.93;

  /// What the result depends on besides the device: the kernels that are measured.
  static String key() {
    return "tuning\n"
        + ProgramSource.of("products", "matmul").withFormat("FORMAT", DataType.Q8_0).text()
        + ProgramSource.of("split_tokens", "matmul_dot").text()
        + ProgramSource.of("rms_norm").text()
        + ElementwiseKernels.functions(DataType.F32).text();
  }

  Tuning fastest(Tuning guess) {
    Tuning tuning = guess;
    if (guess.sharesRows()) {
      tuning = fastest(product(), tuning, all(tuning::withProductLanes, 4, 8, 16, 32, 64));
      tuning = fastest(norm(), tuning, all(tuning::withLanes, 32, 64, 128, 256));
    }
    tuning = fastest(product(), tuning, all(tuning::withProductRows, 1, 2, 4, 8));
    if (profile.hasDotProducts()) {
      tuning = fastest(product(), tuning, List.of(tuning.withDotProducts()));
    }
    tuning = fastest(norm(), tuning, all(tuning::withWidth, 4, 8, 16));
    return fastest(function(), tuning, all(tuning::withElementItems, 4, 16, 64, 256));
  }

  /// Tunings with one number changed, as far as work-groups can be so large.
  private List<Tuning> all(IntFunction<Tuning> with, int... values) {
    return Arrays.stream(values)
        .filter(value -> value <= profile.workGroupItems())
        .mapToObj(with)
        .toList();
  }

  private Tuning fastest(Graph graph, Tuning guess, List<Tuning> others) {
    Tuning best = guess;
    double least = nanos(graph, guess);
    for (Tuning other : others) {
      double nanos = other.equals(guess) ? least : nanos(graph, other);
      if (nanos < WORTH * least) {
        best = other;
        least = nanos;
      }
    }
    return best;
  }

  private double nanos(Graph graph, Tuning tuning) {
    try (Arena arena = Arena.ofConfined();
        OpenClDevice tuned = device.tuned(tuning);
        LoadedWeights weights = new LoadedWeights(_ -> Optional.of(weight(arena)));
        Session session = new Session(weights)) {
      ExecutionPlan plan =
          ExecutionPlan.of(graph, List.of(tuned), PlacementPolicy.firstThatSupports());
      Execution execution = session.execution(plan);
      execution.run();
      tuned.synchronise();
      return IntStream.range(0, ROUNDS).mapToLong(_ -> nanos(execution, tuned)).min().getAsLong();
    }
  }

  private static long nanos(Execution execution, OpenClDevice tuned) {
    long start = System.nanoTime();
    for (int run = 0; run < RUNS; run++) {
      execution.run();
    }
    tuned.synchronise();
    return System.nanoTime() - start;
  }

  private static TensorType weightType() {
    return TensorType.of(DataType.Q8_0, LENGTH, LENGTH);
  }

  private static MemorySegment weight(Arena arena) {
    return arena.allocate(weightType().bytes(), 64);
  }

  private static Graph product() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 1, LENGTH);
    return g.build(g.named("y").matmul(x, g.weight("w", weightType())));
  }

  private static Graph norm() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 64, LENGTH);
    return g.build(g.named("y").apply(new RmsNorm(1e-5f, false), x));
  }

  private static Graph function() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 64, LENGTH);
    return g.build(g.named("y").unary(Unary.Kind.SILU, x));
  }
}
