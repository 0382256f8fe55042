package org.jgml.core.runtime;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphPrinter;
import org.jgml.core.graph.GraphVerifier;
import org.jgml.core.graph.Node;
import org.jgml.core.op.HostCall;
import org.jgml.core.op.HostFunction;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.schedule.PlacementPolicy.Fallback;
import org.jgml.core.schedule.Wish;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class HostCallTest {
  private static final TensorType ROWS = TensorType.of(DataType.F32, 2, 3);

  private final Device device = new ReferenceDevice();

  /// `y = 2 · f(transpose(3 · x)) + 3 · x`, so that the call has work before and after it.
  private static Graph graph(HostCall call) {
    GraphBuilder g = new GraphBuilder();
    Node x = g.scale(g.input("x", DataType.F32, 2, 3), 3, 0);
    Node called = g.named("called").apply(call, g.permute(x, 1, 0));
    return g.build(g.named("y").add(g.scale(called, 2, 0), x));
  }

  private static HostFunction add(float summand) {
    return (operands, result) -> {
      for (int i = 0; i < 6; i++) {
        float x = operands.getFirst().getAtIndex(JAVA_FLOAT, i);
        result.setAtIndex(JAVA_FLOAT, i, x + summand);
      }
    };
  }

  private static float[] run(Session session, ExecutionPlan plan, float... x) {
    Execution execution = session.execution(plan);
    execution.write("x", x);
    execution.run();
    return execution.readFloats("y");
  }

  private ExecutionPlan plan(Graph graph) {
    return ExecutionPlan.of(graph, List.of(device), PlacementPolicy.firstThatSupports());
  }

  @Test
  void codeOfTheGraphSeesDenseOperands() {
    ExecutionPlan plan = plan(graph(HostCall.of("plus one", ROWS, add(1), "x")));
    try (Session session = new Session()) {
      // The transposed rows of 3x are 3, 12, 6, 15, 9, 18.
      float[] expected = {8 + 3, 26 + 6, 14 + 9, 32 + 12, 20 + 15, 38 + 18};
      assertArrayEquals(expected, run(session, plan, 1, 2, 3, 4, 5, 6));
      assertArrayEquals(expected, run(session, plan, 1, 2, 3, 4, 5, 6));
    }
  }

  @Test
  void sessionsOfOneGraphBindTheirOwnCode() {
    ExecutionPlan plan = plan(graph(HostCall.bound("f", ROWS, "x")));
    try (Session first = new Session();
        Session second = new Session()) {
      first.bind("f", add(1));
      second.bind("f", add(10));
      assertArrayEquals(new float[] {2, 2, 2, 2, 2, 2}, run(first, plan, new float[6]));
      assertArrayEquals(new float[] {20, 20, 20, 20, 20, 20}, run(second, plan, new float[6]));
    }
  }

  @Test
  void codeThatIsNotBoundIsNamed() {
    ExecutionPlan plan = plan(graph(HostCall.bound("f", ROWS, "x")));
    try (Session session = new Session()) {
      GraphException error = assertThrows(GraphException.class, () -> session.execution(plan));
      assertTrue(
          error.getMessage().startsWith("host_call 'called': no function 'f' is bound, 0 others"),
          error::getMessage);
      assertTrue(error.getMessage().contains("Fix: call Session.bind"), error::getMessage);
    }
  }

  /// `y = w · f(w · x)`, where the weights `w`, all 1, pull work to a device of the test's choice.
  private static Graph weighted() {
    GraphBuilder g = new GraphBuilder();
    Node before = g.weight("before", ROWS);
    Node after = g.weight("after", ROWS);
    Node product = g.mul(g.input("x", DataType.F32, 2, 3), before);
    Node called = g.named("called").apply(HostCall.bound("f", ROWS, "x"), product);
    return g.build(g.named("y").mul(called, after));
  }

  @Test
  void valuesCrossDevicesOnBothSides() {
    Device other = new ReferenceDevice("other");
    PlacementPolicy apart =
        new PlacementPolicy(
            (source, _) -> {
              Device home = source.name().equals("before") ? other : device;
              return Optional.of(new Wish(home, "test"));
            },
            Fallback.ALLOW);
    ExecutionPlan plan = ExecutionPlan.of(weighted(), List.of(device, other), apart);
    Weights ones = _ -> Optional.of(MemorySegment.ofArray(new float[] {1, 1, 1, 1, 1, 1}));
    try (LoadedWeights weights = new LoadedWeights(ones);
        Session session = new Session(weights)) {
      session.bind("f", add(1));
      assertEquals(3, plan.splits().size(), plan::report);
      assertArrayEquals(new float[] {2, 3, 4, 5, 6, 7}, run(session, plan, 1, 2, 3, 4, 5, 6));
    }
  }

  @Test
  void whatTheCodeThrowsReachesTheCaller() {
    HostFunction failing =
        (_, _) -> {
          throw new IllegalStateException("disk full");
        };
    ExecutionPlan plan = plan(graph(HostCall.of("failing", ROWS, failing, "x")));
    try (Session session = new Session()) {
      IllegalStateException error =
          assertThrows(IllegalStateException.class, () -> run(session, plan, new float[6]));
      assertEquals("disk full", error.getMessage());
    }
  }

  @Test
  void anObservedRunCallsTheCodeInItsPlace() {
    ExecutionPlan plan = plan(graph(HostCall.of("plus one", ROWS, add(1), "x")));
    List<String> seen = new ArrayList<>();
    Observer observer =
        new Observer() {
          @Override
          public void after(ObservedNode node, long nanos) {
            seen.add(node.step().node().op().name());
          }
        };
    try (Session session = new Session()) {
      float[] expected = run(session, plan, 1, 2, 3, 4, 5, 6);
      Execution observed = session.observed(plan, observer);
      observed.write("x", 1f, 2f, 3f, 4f, 5f, 6f);
      observed.run();
      assertArrayEquals(expected, observed.readFloats("y"));
      assertEquals(List.of("scale", "scale", "add"), seen);
    }
  }

  @Test
  void graphsWithCallsAreVerifiedAndPrinted() {
    Graph graph = graph(HostCall.bound("f", ROWS, "x"));
    GraphVerifier.verify(graph);
    assertTrue(GraphPrinter.text(graph).contains("host_call{f}"), GraphPrinter.text(graph));
    assertTrue(GraphPrinter.dot(graph).contains("host_call"), GraphPrinter.dot(graph));
    assertTrue(plan(graph).report().contains("split 2 on reference: 1 nodes"));
  }

  @Test
  void aResultCanBeEmptyOrOfAnotherType() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 2, 3);
    HostFunction count =
        (operands, result) -> result.set(JAVA_INT, 0, (int) (operands.getFirst().byteSize() / 4));
    HostCall counts = HostCall.of("count", TensorType.of(DataType.I32, 1), count, "x");
    HostCall nothing = HostCall.of("nothing", TensorType.of(DataType.F32, 0), (_, _) -> {}, "x");
    Graph graph = g.build(g.named("n").apply(counts, x), g.named("none").apply(nothing, x));
    try (Session session = new Session()) {
      Execution execution = session.execution(plan(graph));
      execution.write("x", new float[6]);
      execution.run();
      assertArrayEquals(new int[] {6}, execution.readInts("n"));
      execution.read("none", MemorySegment.ofArray(new float[0]));
    }
  }

  @Test
  void aCallWithoutANameIsRefused() {
    GraphException error =
        assertThrows(GraphException.class, () -> graph(HostCall.bound(" ", ROWS, "x")));
    assertTrue(error.getMessage().contains("the function has no name"), error::getMessage);
  }
}
