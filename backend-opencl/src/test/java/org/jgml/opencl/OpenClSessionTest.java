package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceMemoryException;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Repeat;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.LoadedWeights;
import org.jgml.core.runtime.RunCounters;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Sessions on an OpenCL device, alone and beside another device.
final class OpenClSessionTest {
  private static final TensorType WEIGHT = TensorType.of(DataType.F32, 4);

  private final LoadedWeights weights =
      new LoadedWeights(_ -> Optional.of(MemorySegment.ofArray(new float[] {2, 2, 2, 2})));

  private OpenClDevice device;

  @BeforeEach
  void open() {
    device = TestDevice.open();
  }

  @AfterEach
  void close() {
    weights.close();
    if (device != null) {
      device.close();
    }
  }

  /// `w · x` added to what earlier runs left in a state.
  private static Graph sums() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.mul(g.input("x", DataType.F32, 1, 4), g.weight("w", WEIGHT));
    Node state = g.state("sum", TensorType.of(DataType.F32, 1, 4));
    return g.build(g.named("y").setRows(state, g.add(state, x), g.input("row", DataType.I32, 1)));
  }

  private static ExecutionPlan plan(Graph graph, Device... devices) {
    return ExecutionPlan.of(graph, List.of(devices), PlacementPolicy.firstThatSupports());
  }

  private static float[] run(Session session, ExecutionPlan plan, float x) {
    Execution execution = session.execution(plan);
    execution.write("x", x, 0, 0, x);
    execution.write("row", 0);
    execution.run();
    return execution.readFloats("y");
  }

  @Test
  void aRunCostsOneWait() {
    ExecutionPlan plan = plan(sums(), device);
    try (Session session = new Session(weights)) {
      for (int i = 0; i < 5; i++) {
        run(session, plan, 1);
      }
      assertArrayEquals(new float[] {12, 0, 0, 12}, run(session, plan, 1));
      assertEquals(new RunCounters(6, 6, 0), session.counters());
    }
  }

  @Test
  void anOpWithoutKernelsRunsOnAnotherDevice() {
    GraphBuilder g = new GraphBuilder();
    Node x = g.scale(g.input("x", DataType.F32, 1, 2), 3, 0);
    // Five axes are one too many.
    Node repeated = g.apply(new Repeat(Shape.of(1, 1, 1, 2, 2)), g.reshape(x, 1, 1, 1, 1, 2));
    Graph graph = g.build(g.named("y").scale(g.reshape(repeated, 1, 4), 1, 1));
    ExecutionPlan plan = plan(graph, device, new ReferenceDevice("host"));
    assertTrue(plan.report().contains("opencl:0 (more than 4 axes)"), plan::report);
    try (Session session = new Session(weights)) {
      Execution execution = session.execution(plan);
      execution.write("x", 1f, 2f);
      execution.run();
      assertArrayEquals(new float[] {4, 7, 4, 7}, execution.readFloats("y"));
    }
  }

  @Test
  void memoryThatIsNotThereEndsNoOtherSession() {
    ExecutionPlan plan = plan(sums(), device);
    long tooMuch = device.memory().largestBufferBytes() / Float.BYTES + 1024;
    GraphBuilder g = new GraphBuilder();
    Node big = g.apply(new Repeat(Shape.of(tooMuch)), g.input("x", DataType.F32, 1));
    ExecutionPlan tooLarge = plan(g.build(big), device);
    try (Session session = new Session(weights)) {
      run(session, plan, 1);
      try (Session other = new Session(weights)) {
        assertThrows(DeviceMemoryException.class, () -> other.execution(tooLarge));
      }
      assertArrayEquals(new float[] {4, 0, 0, 4}, run(session, plan, 1));
      ExecutionPlan onHost = plan(sums(), new ReferenceDevice("host"));
      try (Session beside = new Session(weights)) {
        assertArrayEquals(new float[] {2, 0, 0, 2}, run(beside, onHost, 1));
      }
    }
  }
}
