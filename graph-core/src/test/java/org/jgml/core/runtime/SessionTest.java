package org.jgml.core.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.schedule.Wish;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class SessionTest {
  private final Device device = new ReferenceDevice();

  private ExecutionPlan plan(Graph graph) {
    return ExecutionPlan.of(graph, List.of(device), PlacementPolicy.firstThatSupports());
  }

  private static Graph doubled(int length) {
    GraphBuilder g = new GraphBuilder();
    return g.build(g.named("y").scale(g.input("x", DataType.F32, length), 2, 0));
  }

  /// Writes `rows` at `indices` and shows the whole state.
  private static Graph remember(int count) {
    GraphBuilder g = new GraphBuilder();
    Node state = g.state("memory", TensorType.of(DataType.F32, 4, 2));
    Node rows = g.input("rows", DataType.F32, count, 2);
    Node written = g.setRows(state, rows, g.input("indices", DataType.I32, count));
    return g.build(g.named("all").scale(written, 1, 0));
  }

  @Test
  void anExecutionComputesWhatItsInputsHold() {
    try (Session session = new Session()) {
      Execution execution = session.execution(plan(doubled(3)));
      execution.write("x", 1f, 2f, 3f);
      execution.run();
      assertArrayEquals(new float[] {2, 4, 6}, execution.readFloats("y"));
      execution.write("x", 10f, 20f, 30f);
      execution.run();
      assertArrayEquals(new float[] {20, 40, 60}, execution.readFloats("y"));
    }
  }

  @Test
  void aCancelledRunSaysSoAndAnotherCanFollow() {
    try (Session session = new Session()) {
      Execution execution = session.execution(plan(doubled(3)));
      execution.write("x", 1f, 2f, 3f);
      assertThrows(CancellationException.class, () -> execution.run(() -> true));
      execution.run(() -> false);
      assertArrayEquals(new float[] {2, 4, 6}, execution.readFloats("y"));
    }
  }

  @Test
  void statesLiveAsLongAsTheSessionAcrossGraphs() {
    try (Session session = new Session()) {
      Execution two = session.execution(plan(remember(2)));
      two.write("rows", 1f, 2f, 3f, 4f);
      two.write("indices", 2, 0);
      two.run();
      Execution one = session.execution(plan(remember(1)));
      one.write("rows", 9f, 9f);
      one.write("indices", 3);
      one.run();
      assertArrayEquals(new float[] {3, 4, 0, 0, 1, 2, 9, 9}, one.readFloats("all"));
    }
  }

  @Test
  void sessionsShareNothing() {
    ExecutionPlan plan = plan(remember(1));
    try (Session first = new Session();
        Session second = new Session()) {
      Execution write = first.execution(plan);
      write.write("rows", 5f, 5f);
      write.write("indices", 0);
      write.run();
      Execution other = second.execution(plan);
      other.write("rows", 1f, 1f);
      other.write("indices", 1);
      other.run();
      assertArrayEquals(new float[] {0, 0, 1, 1, 0, 0, 0, 0}, other.readFloats("all"));
    }
  }

  @Test
  void aPlanIsMadeReadyOnce() {
    ExecutionPlan plan = plan(doubled(3));
    try (Session session = new Session()) {
      assertSame(session.execution(plan), session.execution(plan));
    }
  }

  @Test
  void aLargerArenaVoidsOlderExecutionsWithAClearError() {
    try (Session session = new Session()) {
      Execution small = session.execution(plan(doubled(3)));
      session.execution(plan(doubled(1000)));
      IllegalStateException error = assertThrows(IllegalStateException.class, small::run);
      assertTrue(error.getMessage().contains("ask the session for it again"), error::getMessage);
    }
  }

  @Test
  void constantsOutliveTheRunsOfOtherGraphs() {
    GraphBuilder g = new GraphBuilder();
    Node constant = g.constant(Shape.of(3), 1, 2, 3);
    ExecutionPlan plus = plan(g.build(g.named("y").add(g.input("x", DataType.F32, 3), constant)));
    ExecutionPlan other = plan(doubled(6));
    try (Session session = new Session()) {
      session.execution(other);
      for (int round = 0; round < 2; round++) {
        Execution execution = session.execution(plus);
        execution.write("x", 10f, 20f, 30f);
        execution.run();
        assertArrayEquals(new float[] {11, 22, 33}, execution.readFloats("y"));
        Execution overwriting = session.execution(other);
        overwriting.write("x", 7f, 7f, 7f, 7f, 7f, 7f);
        overwriting.run();
      }
    }
  }

  @Test
  void wrongInputsAreNamed() {
    try (Session session = new Session()) {
      Execution execution = session.execution(plan(doubled(3)));
      assertEquals(
          "no input 'z'; this graph reads [x]",
          assertThrows(IllegalArgumentException.class, () -> execution.write("z", 1f))
              .getMessage());
      assertEquals(
          "input 'x' (F32 [3]) takes 12 bytes, got 4",
          assertThrows(IllegalArgumentException.class, () -> execution.write("x", 1f))
              .getMessage());
    }
  }

  @Test
  void valuesOfAnotherTypeAreRefused() {
    GraphBuilder g = new GraphBuilder();
    Graph graph = g.build(g.named("y").argmax(g.input("x", DataType.F32, 2, 3)));
    try (Session session = new Session()) {
      Execution execution = session.execution(plan(graph));
      assertEquals(
          "input 'x' is F32 [2, 3], not I32. Fix: use Java's type for it, or its bytes in a"
              + " MemorySegment",
          refusal(() -> execution.write("x", 1, 2, 3, 4, 5, 6)));
      assertEquals(
          "output 'y' is I32 [2], not F32. Fix: use Java's type for it, or its bytes in a"
              + " MemorySegment",
          refusal(() -> execution.readFloats("y")));
      assertEquals(
          "output 'y' (I32 [2]) has 8 bytes, the target 12",
          refusal(() -> execution.read("y", MemorySegment.ofArray(new int[3]))));
    }
  }

  private static String refusal(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }

  @Test
  void aStateStaysOnItsDevice() {
    ReferenceDevice other = new ReferenceDevice("other");
    PlacementPolicy onTheOther =
        new PlacementPolicy(
            (source, _) -> Optional.of(new Wish(other, "test")), PlacementPolicy.Fallback.ALLOW);
    ExecutionPlan moved = ExecutionPlan.of(remember(2), List.of(device, other), onTheOther);
    try (Session session = new Session()) {
      session.execution(plan(remember(1)));
      assertSame(device, session.home("memory"));
      GraphException error = assertThrows(GraphException.class, () -> session.execution(moved));
      assertTrue(
          error
              .getMessage()
              .startsWith(
                  "state 'memory': lies on reference in this session, this plan has it on other."),
          error::getMessage);
    }
  }

  @Test
  void aStateThatNoGraphUsedIsNamedWithThoseThatAre() {
    try (Session session = new Session()) {
      session.execution(plan(remember(1)));
      assertEquals(
          "no state 'keys' in this session; there are [memory]",
          refusal(() -> session.state("keys")));
      assertEquals(
          "no state 'keys' in this session; there are [memory]",
          refusal(() -> session.home("keys")));
    }
  }

  @Test
  void aMissingOrMisshapenWeightIsNamed() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 1, 4);
    Graph graph = g.build(g.matmul(x, g.weight("w", TensorType.of(DataType.F32, 2, 4))));
    Weights short8 = name -> Optional.of(MemorySegment.ofArray(new float[2]));
    try (LoadedWeights none = new LoadedWeights(Weights.none());
        LoadedWeights wrong = new LoadedWeights(short8);
        Session empty = new Session(none);
        Session small = new Session(wrong)) {
      ExecutionPlan plan = plan(graph);
      GraphException missing = assertThrows(GraphException.class, () -> empty.execution(plan));
      assertTrue(missing.getMessage().startsWith("weight 'w': is not among"), missing::getMessage);
      GraphException size = assertThrows(GraphException.class, () -> small.execution(plan));
      assertTrue(size.getMessage().contains("has 8 bytes, F32 [2, 4] needs 32"), size::getMessage);
    }
  }

  @Test
  void aStateHasOneTypeInASession() {
    GraphBuilder g = new GraphBuilder();
    Node state = g.state("memory", TensorType.of(DataType.F16, 4, 2));
    Graph other = g.build(g.cast(state, DataType.F32));
    try (Session session = new Session()) {
      session.execution(plan(remember(1)));
      GraphException error =
          assertThrows(GraphException.class, () -> session.execution(plan(other)));
      assertTrue(error.getMessage().contains("is F32 [4, 2] in this session"), error::getMessage);
    }
  }

  @Test
  void aClosedSessionRefusesWork() {
    Session session = new Session();
    session.close();
    session.close();
    assertThrows(IllegalStateException.class, () -> session.execution(plan(doubled(3))));
  }
}
