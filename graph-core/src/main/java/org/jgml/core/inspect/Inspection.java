package org.jgml.core.inspect;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Graph;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.LoadedWeights;
import org.jgml.core.runtime.Observer;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;

/// One run of a graph in a session of its own, to ask one question of it.
///
/// @param weights stay the caller's
/// @param inputs writes the inputs
public record Inspection(Graph graph, LoadedWeights weights, Consumer<Execution> inputs) {
  /// The first node whose result holds a NaN.
  public Optional<NanFinding> firstNan(Device... devices) {
    NanFinder finder = new NanFinder();
    run(finder, devices);
    return finder.finding();
  }

  /// Results with elements that nobody wrote, every intermediate having memory of its own.
  public List<Poison.Unwritten> unwritten(Device... devices) {
    Poison poison = new Poison();
    run(Observer.all(List.of(poison, new RetainEverything())), devices);
    return poison.findings();
  }

  /// The first node that a second device computes differently.
  public Optional<Divergence> firstDivergence(Device first, Device second) {
    DeviceComparison comparison = new DeviceComparison(second, OptionalDouble.empty());
    run(comparison, first);
    return comparison.divergence();
  }

  /// When each node ran.
  public Timeline timeline(Device... devices) {
    Timeline timeline = new Timeline();
    run(timeline, devices);
    return timeline;
  }

  /// Runs the graph once, node by node.
  ///
  /// @param devices in order of priority
  public void run(Observer observer, Device... devices) {
    ExecutionPlan plan =
        ExecutionPlan.of(
            graph, List.of(devices), PlacementPolicy.firstThatSupports(), observer::retains);
    try (Session session = new Session(weights)) {
      Execution execution = session.observed(plan, observer);
      inputs.accept(execution);
      execution.run();
    }
  }
}
