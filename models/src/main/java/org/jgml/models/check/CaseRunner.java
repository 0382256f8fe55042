package org.jgml.models.check;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphVerifier;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Op;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.TensorType;

/// Runs recorded cases on one device.
record CaseRunner(Device device) {
  Outcome run(RecordedCase recorded) {
    Optional<Translation> translation = Translations.named(recorded.op());
    if (translation.isEmpty()) {
      return new Outcome.Skipped("no op for " + recorded.op());
    }
    try {
      CaseGraph g = new CaseGraph(recorded);
      Node result = translation.orElseThrow().translate(g);
      Graph graph = GraphVerifier.verify(g.builder().build(result));
      return unsupported(graph)
          .<Outcome>map(Outcome.Skipped::new)
          .orElseGet(() -> compare(recorded, result, graph, g));
    } catch (NotTranslatable e) {
      return new Outcome.Skipped(e.getMessage());
    } catch (GraphException | IllegalArgumentException e) {
      return new Outcome.Failed(e.getMessage());
    }
  }

  /// Why the device cannot run the graph.
  private Optional<String> unsupported(Graph graph) {
    return graph.nodes().stream()
        .filter(node -> node.op() instanceof Op.Compute)
        .map(device::supports)
        .filter(verdict -> !verdict.supported())
        .findFirst()
        .map(Verdict::reason)
        .map(reason -> "%s: %s".formatted(device.name(), reason));
  }

  private Outcome compare(RecordedCase recorded, Node result, Graph graph, CaseGraph g) {
    TensorType expected = Values.of(recorded.output()).type();
    if (result.type().dataType() != expected.dataType()
        || result.type().shape().elements() != expected.shape().elements()) {
      return new Outcome.Failed("gives %s, recorded is %s".formatted(result.type(), expected));
    }
    Values actual = new Values(expected, evaluate(graph, result, g));
    Difference difference = recorded.rule().compare(recorded, actual);
    return difference.isAllowed()
        ? new Outcome.Passed()
        : new Outcome.Failed(difference.toString());
  }

  private MemorySegment evaluate(Graph graph, Node result, CaseGraph g) {
    ExecutionPlan plan =
        ExecutionPlan.of(graph, List.of(device), PlacementPolicy.firstThatSupports());
    try (Session session = new Session()) {
      Execution execution = session.execution(plan);
      g.bytes().forEach(execution::write);
      execution.run();
      MemorySegment bytes = MemorySegment.ofArray(new byte[(int) result.type().bytes()]);
      execution.read(result.name(), bytes);
      return bytes;
    }
  }
}
