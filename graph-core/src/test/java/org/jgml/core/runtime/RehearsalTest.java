package org.jgml.core.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.op.Op;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class RehearsalTest {
  /// Two products of one kind, one of another, and attention to a state of 4096 rows.
  private static Graph whole() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 3, 1024);
    Node once = g.matmul(x, g.weight("a", TensorType.of(DataType.F32, 1024, 1024)));
    Node twice = g.matmul(once, g.weight("b", TensorType.of(DataType.F32, 1024, 1024)));
    Node halves = g.matmul(twice, g.weight("c", TensorType.of(DataType.F16, 128, 1024)));
    Node keys = g.state("keys", TensorType.of(DataType.F16, 4096, 128));
    Node written = g.setRows(keys, halves, g.input("at", DataType.I32, 3));
    Node heads = g.reshape(written, 4096, 2, 64);
    Node query = g.reshape(halves, 3, 2, 64);
    Node positions = g.input("positions", DataType.I32, 3);
    return g.build(
        g.apply(Attention.of(1, new AttentionMask.Causal(0)), query, heads, heads, positions));
  }

  private static List<Node> steps(Graph graph) {
    return graph.nodes().stream().filter(node -> node.op() instanceof Op.Compute).toList();
  }

  @Test
  void eachKindOfStepIsRehearsedOnceWithFewRowsAndAsManyTokens() {
    List<Node> steps = steps(Rehearsal.graph(whole()));
    assertEquals(
        List.of("matmul", "matmul", "set_rows", "attention"),
        steps.stream().map(node -> node.op().name()).toList());
    assertEquals(TensorType.of(DataType.F32, 3, 512), steps.getFirst().inputs().get(0).type());
    assertEquals(TensorType.of(DataType.F32, 8, 512), steps.getFirst().inputs().get(1).type());
    assertEquals(TensorType.of(DataType.F16, 8, 512), steps.get(1).inputs().get(1).type());
    assertEquals(TensorType.of(DataType.F16, 8, 2, 64), steps.getLast().inputs().get(1).type());
  }

  @Test
  void aRehearsalRunsInMemoryOfItsOwn() {
    ReferenceDevice device = new ReferenceDevice();
    Rehearsal.run(
        ExecutionPlan.of(whole(), List.of(device), PlacementPolicy.firstThatSupports()), device, 2);
  }
}
