package org.jgml.core.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class MemoryPlannerTest {
  private static final Device DEVICE = new NullDevice("null", _ -> true);
  private static final long ROW = 64 * Float.BYTES;

  private static MemoryPlan plan(Graph graph) {
    return ExecutionPlan.of(graph, List.of(DEVICE), PlacementPolicy.firstThatSupports())
        .memory(DEVICE);
  }

  @Test
  void aChainOfElementwiseOpsRunsInPlace() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 64);
    for (int i = 0; i < 10; i++) {
      x = g.unary(Unary.Kind.SILU, x);
    }
    assertEquals(2 * ROW, plan(g.build(x)).arenaBytes(), "the input, and one value overwritten");
  }

  @Test
  void deadValuesLendTheirMemory() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 1, 64);
    Node weights = g.weight("w", TensorType.of(DataType.F32, 64, 64));
    for (int i = 0; i < 10; i++) {
      x = g.matmul(x, weights);
    }
    assertEquals(3 * ROW, plan(g.build(x)).arenaBytes(), "the input, and two that take turns");
  }

  @Test
  void aValueThatIsReadLaterKeepsItsMemory() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 64);
    Node early = g.unary(Unary.Kind.EXP, x);
    Node late = g.unary(Unary.Kind.NEG, early);
    Graph graph = g.build(g.add(late, early));
    ExecutionPlan plan =
        ExecutionPlan.of(graph, List.of(DEVICE), PlacementPolicy.firstThatSupports());
    MemoryPlan memory = plan.memory(DEVICE);
    Node plannedEarly = plan.graph().node("exp").orElseThrow();
    Node plannedLate = plan.graph().node("neg").orElseThrow();
    assertFalse(memory.offset(plannedEarly).equals(memory.offset(plannedLate)));
  }

  @Test
  void inputsAndOutputsAreNeverOverwritten() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 64);
    Node first = g.unary(Unary.Kind.EXP, x);
    Node second = g.unary(Unary.Kind.NEG, first);
    MemoryPlan memory = plan(g.build(first, second));
    assertEquals(3, memory.offsets().values().stream().distinct().count());
  }

  @Test
  void statesAndWeightsAreNotInTheArena() {
    GraphBuilder g = new GraphBuilder();
    Node state = g.state("cache", TensorType.of(DataType.F32, 1000, 64));
    Node rows = g.input("rows", DataType.F32, 2, 64);
    Node indices = g.input("indices", DataType.I32, 2);
    Node written = g.setRows(state, rows, indices);
    long bytes = plan(g.build(g.unary(Unary.Kind.NEG, g.slice(written, 0, 0, 2)))).arenaBytes();
    assertTrue(bytes < 8 * ROW, "arena of " + bytes);
  }
}
