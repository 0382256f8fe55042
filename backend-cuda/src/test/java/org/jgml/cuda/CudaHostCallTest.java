package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.StreamCall;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.HostCall;
import org.jgml.core.op.HostFunction;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Code of the host between the work of an emulated device.
final class CudaHostCallTest {
  private static final int RUNS = 10;
  private static final int ILLEGAL_ADDRESS = 700;
  private static final int CAPTURE_UNSUPPORTED = 900;

  @BeforeEach
  void load() {
    Emulation.load();
  }

  @AfterEach
  void heal() {
    Emulation.breakWith(0);
    Emulation.setMemoryOperations(true);
  }

  /// `y = 2 · f(3 · x)`.
  private static ExecutionPlan plan(CudaDevice device) {
    GraphBuilder g = new GraphBuilder();
    Node x = g.scale(g.input("x", DataType.F32, 8), 3, 0);
    HostCall call = HostCall.bound("f", TensorType.of(DataType.F32, 8), "x");
    Graph graph = g.build(g.named("y").scale(g.named("called").apply(call, x), 2, 0));
    return ExecutionPlan.of(graph, List.of(device), PlacementPolicy.firstThatSupports());
  }

  private static HostFunction minusOne(AtomicReference<Thread> thread) {
    return (operands, result) -> {
      thread.set(Thread.currentThread());
      for (int i = 0; i < 8; i++) {
        float value = operands.getFirst().getAtIndex(ValueLayout.JAVA_FLOAT, i);
        result.setAtIndex(ValueLayout.JAVA_FLOAT, i, value - 1);
      }
    };
  }

  private static long waits() {
    return Emulation.calls("cuStreamSynchronize")
        + Emulation.calls("cuEventSynchronize")
        + Emulation.calls("cuCtxSynchronize");
  }

  /// Runs a few times.
  ///
  /// @return times the host waited for the driver, results included
  private static long run(CudaDevice device, AtomicReference<Thread> thread) {
    try (Session session = new Session()) {
      session.bind("f", minusOne(thread));
      Execution execution = session.execution(plan(device));
      long before = waits();
      for (int run = 0; run < RUNS; run++) {
        execution.write("x", 0, 1, 2, 3, 4, 5, 6, (float) run);
        execution.run();
        float[] wanted = {-2, 4, 10, 16, 22, 28, 34, 6 * run - 2};
        assertArrayEquals(wanted, execution.readFloats("y"));
      }
      return waits() - before;
    }
  }

  @Test
  void theStreamWaitsAndTheHostDoesNot() {
    AtomicReference<Thread> thread = new AtomicReference<>();
    try (CudaDevice device = Emulation.open()) {
      assertEquals(RUNS + 1, run(device, thread), "for results, and in the first run for the call");
      assertEquals("cuda:0 host calls", thread.get().getName());
    }
  }

  /// One launch writes what a run reads, one graph is the run, one copy brings the result.
  @Test
  void aRunIsOneGraphWithTheCallInIt() {
    try (CudaDevice device = Emulation.open()) {
      run(device, new AtomicReference<>());
      long launches = Emulation.calls("cuLaunchKernel");
      long graphs = Emulation.calls("cuGraphLaunch");
      long copies = copies();
      run(device, new AtomicReference<>());
      assertEquals(RUNS - 1, Emulation.calls("cuGraphLaunch") - graphs, "all runs but the first");
      // Of the first run and of the capture: what is written, two segments, operand and result.
      long once = 1 + 2 * 4;
      assertEquals(RUNS - 1 + once, Emulation.calls("cuLaunchKernel") - launches);
      assertEquals(RUNS, copies() - copies, "results");
    }
  }

  private static long copies() {
    return Emulation.calls("cuMemcpyHtoDAsync_v2") + Emulation.calls("cuMemcpyDtoHAsync_v2");
  }

  @Test
  void whereADriverCannotCaptureCallsSegmentsStayApart() {
    try (CudaDevice device = Emulation.open();
        Session session = new Session()) {
      session.bind("f", minusOne(new AtomicReference<>()));
      Execution execution = session.execution(plan(device));
      for (int run = 0; run < RUNS; run++) {
        if (run == 1) {
          Emulation.fail("cuStreamWaitValue32_v2", CAPTURE_UNSUPPORTED);
        }
        execution.write("x", 0, 1, 2, 3, 4, 5, 6, (float) run);
        execution.run();
        float[] wanted = {-2, 4, 10, 16, 22, 28, 34, 6 * run - 2};
        assertArrayEquals(wanted, execution.readFloats("y"));
      }
    }
  }

  @Test
  void whereStreamsCannotWaitTheHostDoes() {
    Emulation.setMemoryOperations(false);
    AtomicReference<Thread> thread = new AtomicReference<>();
    try (CudaDevice device = Emulation.open()) {
      assertEquals(2 * RUNS, run(device, thread));
      assertEquals(Thread.currentThread(), thread.get());
    }
  }

  @Test
  void aDeviceThatIsLostEndsItsThread() throws Exception {
    AtomicReference<Thread> thread = new AtomicReference<>();
    CudaDevice device = Emulation.open();
    run(device, thread);
    Emulation.breakWith(ILLEGAL_ADDRESS);
    assertThrows(DeviceException.class, device::synchronise);
    StreamCall call = new StreamCall(List.of(), () -> {}, List.of(), true, true);
    assertThrows(DeviceException.class, () -> device.call(call).run());
    device.close();
    thread.get().join(2000);
    assertTrue(!thread.get().isAlive());
  }
}
