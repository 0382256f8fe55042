package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Weight;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.LoadedWeights;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.schedule.PlacementPolicy.Fallback;
import org.jgml.core.schedule.Wish;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Values that cross between the two devices of the emulated driver.
final class CudaPeerTest {
  private static final int RUNS = 5;
  private static final TensorType TYPE = TensorType.of(DataType.F32, 1, 256);

  @BeforeEach
  void load() {
    Emulation.load();
  }

  @AfterEach
  void allowPeers() {
    Emulation.setPeers(true);
  }

  /// `y = w3 · (w2 · (w1 · x))`, with w2 on the second device.
  private static ExecutionPlan plan(CudaDevice first, CudaDevice second) {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, 1, 256);
    for (int i = 1; i <= 3; i++) {
      x = g.named(i == 3 ? "y" : "part" + i).mul(x, g.weight("w" + i, TYPE));
    }
    Graph graph = g.build(x);
    PlacementPolicy policy =
        new PlacementPolicy(
            (source, _) ->
                source.op() instanceof Weight
                    ? Optional.of(new Wish(source.name().equals("w2") ? second : first, "test"))
                    : Optional.empty(),
            Fallback.ALLOW);
    return ExecutionPlan.of(graph, List.of(first, second), policy);
  }

  /// Runs a few times.
  private static void run(CudaDevice first, CudaDevice second) {
    float[] twos = new float[256];
    Arrays.fill(twos, 2);
    try (LoadedWeights weights = new LoadedWeights(_ -> Optional.of(MemorySegment.ofArray(twos)));
        Session session = new Session(weights)) {
      Execution execution = session.execution(plan(first, second));
      for (int run = 0; run < RUNS; run++) {
        float[] x = new float[256];
        float[] wanted = new float[256];
        for (int i = 0; i < x.length; i++) {
          x[i] = i + run;
          wanted[i] = 8 * x[i];
        }
        execution.write("x", x);
        execution.run();
        assertArrayEquals(wanted, execution.readFloats("y"));
      }
    }
  }

  @Test
  void valuesCrossFromMemoryToMemory() {
    long before = Emulation.calls("cuMemcpyPeerAsync");
    long reads = Emulation.calls("cuMemcpyDtoHAsync_v2");
    try (CudaDevice first = Emulation.open();
        CudaDevice second = Emulation.open(1, first.options())) {
      assertTrue(first.reaches(second));
      run(first, second);
    }
    assertEquals(2 * RUNS, Emulation.calls("cuMemcpyPeerAsync") - before);
    assertEquals(RUNS, Emulation.calls("cuMemcpyDtoHAsync_v2") - reads, "only results are read");
  }

  @Test
  void devicesThatCannotReachEachOtherCopyThroughHostMemory() {
    Emulation.setPeers(false);
    long before = Emulation.calls("cuMemcpyPeerAsync");
    try (CudaDevice first = Emulation.open();
        CudaDevice second = Emulation.open(1, first.options())) {
      assertFalse(first.reaches(second));
      run(first, second);
    }
    assertEquals(before, Emulation.calls("cuMemcpyPeerAsync"));
  }

  /// The driver says so when two devices were connected before, such as by an earlier session.
  @Test
  void aWayThatIsOpenStaysOpen() {
    for (int time = 0; time < 2; time++) {
      try (CudaDevice first = Emulation.open();
          CudaDevice second = Emulation.open(1, first.options())) {
        assertTrue(second.reaches(first));
      }
    }
  }
}
