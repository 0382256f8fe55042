package org.jgml.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.RmsNorm;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;

/// Measures how kernels are best cut for a device: one number of a [Tuning] after another, each by
/// a small graph that depends on it.
///
/// @param device the device
/// @param profile its limits
record TuningSearch(OpenClDevice device, DeviceProfile profile) {
  private static final int LENGTH = 2048;
  private static final TensorType WEIGHT = TensorType.of(DataType.Q8_0, LENGTH, LENGTH);
  private static final int ROUNDS = 12;

  /// What a value must need at most, of the time of the guess, to be taken: times vary.
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

  /// The tuning that takes the least time, if that is worth it, else the guess.
  private Tuning fastest(Graph graph, Tuning guess, List<Tuning> others) {
    SequencedMap<Tuning, TunedRun> runs = new LinkedHashMap<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment weight = arena.allocate(WEIGHT.bytes(), 64);
      try {
        Stream.concat(Stream.of(guess), others.stream())
            .distinct()
            .forEach(tuning -> runs.put(tuning, new TunedRun(device.tuned(tuning), graph, weight)));
        Map<Tuning, Long> nanos = nanos(runs);
        Tuning best = Collections.min(runs.keySet(), Comparator.comparing(nanos::get));
        return nanos.get(best) < WORTH * nanos.get(guess) ? best : guess;
      } finally {
        runs.values().forEach(TunedRun::close);
      }
    }
  }

  /// The least time of each. They are measured in turns, so that what else the machine does
  /// meanwhile is borne by all.
  private static Map<Tuning, Long> nanos(Map<Tuning, TunedRun> runs) {
    Map<Tuning, Long> least = new HashMap<>();
    runs.values().forEach(TunedRun::nanos);
    for (int round = 0; round < ROUNDS; round++) {
      runs.forEach((tuning, run) -> least.merge(tuning, run.nanos(), Math::min));
    }
    return least;
  }

  private static Graph product() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 1, LENGTH);
    return g.build(g.named("y").matmul(x, g.weight("w", WEIGHT)));
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
