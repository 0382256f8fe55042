package org.jgml.core.conformance;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.HostBuffer;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.Node;
import org.jgml.core.reference.Elements;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.LoadedWeights;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.TensorType;

/// A graph run on some devices node by node, each result held against its definition; then in whole
/// segments with memory of its own for each value; then twice with the memory of dead values used
/// again, where a device may fuse steps. All must give the same bits.
final class GraphRun {
  private final RandomGraph random;
  private final Graph graph;
  private final ExecutionPlan retaining;
  private final ExecutionPlan reusing;
  private List<double[]> outputs;
  private String problem;

  /// Runs the graph.
  ///
  /// @param devices in order of priority
  GraphRun(RandomGraph random, List<Device> devices) {
    this.random = random;
    this.graph = random.graph();
    PlacementPolicy policy = PlacementPolicy.firstThatSupports();
    this.retaining = ExecutionPlan.of(graph, devices, policy, _ -> true);
    this.reusing = ExecutionPlan.of(graph, devices, policy);
    try (LoadedWeights weights = new LoadedWeights(random.weights());
        Session session = new Session(weights)) {
      problem = run(session);
    }
  }

  /// What is wrong, in words; empty if nothing is.
  String problem() {
    return problem;
  }

  /// The values of all outputs, run node by node.
  List<double[]> outputs() {
    return outputs;
  }

  /// The names of the nodes that a device computes.
  Set<String> nodesOn(Device device) {
    return retaining.placements().stream()
        .filter(each -> each.device() == device)
        .map(each -> each.node().name())
        .collect(Collectors.toSet());
  }

  private String run(Session session) {
    NodeCheck check = new NodeCheck();
    outputs = run(session, session.observed(retaining, check));
    if (!check.problem().isEmpty()) {
      return check.problem();
    }
    if (differ(run(session, session.execution(retaining)), outputs)) {
      return "whole segments give other bits than single nodes";
    }
    return arePlacedAlike() ? reuseProblem(session, outputs) : reuseProblem(session);
  }

  private String reuseProblem(Session session, List<double[]> expected) {
    if (differ(run(session, session.execution(reusing)), expected)) {
      return "fused steps, or memory of dead values that is used again, give other bits";
    }
    boolean changes = differ(run(session, session.execution(reusing)), expected);
    return changes ? "a second run gives other bits" : "";
  }

  /// Nodes that run on another device round otherwise: the plan is first held against the
  /// definitions itself.
  private String reuseProblem(Session session) {
    NodeCheck check = new NodeCheck();
    List<double[]> expected = run(session, session.observed(reusing, check));
    return check.problem().isEmpty() ? reuseProblem(session, expected) : check.problem();
  }

  /// Whether each node has the same device in both plans. Values that are retained may need a copy
  /// more, and copies have a say in where nodes run.
  private boolean arePlacedAlike() {
    Map<String, Device> places = new HashMap<>();
    retaining.placements().forEach(each -> places.put(each.node().name(), each.device()));
    return reusing.placements().stream()
        .allMatch(each -> each.device() == places.getOrDefault(each.node().name(), each.device()));
  }

  private static boolean differ(List<double[]> some, List<double[]> others) {
    return !GraphRunner.equal(some, others);
  }

  private List<double[]> run(Session session, Execution execution) {
    random.begin(execution, session);
    execution.run();
    return graph.outputs().stream().map(output -> read(execution, output)).toList();
  }

  private static double[] read(Execution execution, Node output) {
    TensorType type = execution.outputType(output.name());
    MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(type.bytes())]);
    execution.read(output.name(), bytes);
    return Elements.read(Tensor.dense(type, HostBuffer.over(bytes), 0));
  }
}
