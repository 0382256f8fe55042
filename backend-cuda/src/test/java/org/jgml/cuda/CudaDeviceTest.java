package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.HostMemory;
import org.jgml.core.backend.Segment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.op.Input;
import org.jgml.core.op.MatMul;
import org.jgml.core.op.Scale;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A device beside its kernels: memory, graphs and errors, on the emulated driver.
final class CudaDeviceTest {
  private static final long MEMORY = 4L << 30;

  @BeforeEach
  void load() {
    Emulation.load();
  }

  @AfterEach
  void heal() {
    Emulation.breakWith(0);
    Emulation.setMemory(MEMORY);
  }

  @Test
  void everyDeviceOfTheDriverIsOffered() {
    BackendProvider.Discovery found = Emulation.discover();
    assertEquals(
        List.of("cuda:0", "cuda:1"), found.onlyByName().stream().map(Device::name).toList());
    assertEquals("9.0", found.onlyByName().getFirst().facts().get("compute capability"));
  }

  /// A chain of steps, so that there is a graph to record.
  static Executable chain(CudaDevice device, Buffer buffer, int steps) {
    TensorType type = TensorType.of(DataType.F32, 8);
    GraphBuilder g = new GraphBuilder();
    List<Step> list = new ArrayList<>();
    Tensor tensor = Tensor.dense(type, buffer, 0);
    for (int i = 0; i < steps; i++) {
      Node node = g.apply(new Scale(2, 0), g.apply(new Input(type)));
      list.add(new Step(node, List.of(tensor), tensor));
    }
    return device.compile(new Segment(list));
  }

  @Test
  void replayedGraphsDoWhatTheFirstRunDid() {
    try (CudaDevice device = Emulation.open();
        Buffer buffer = device.allocate(32);
        Executable executable = chain(device, buffer, 5)) {
      for (int run = 0; run < 4; run++) {
        buffer.upload(0, MemorySegment.ofArray(new float[] {1, 2, 3, 4, 5, 6, 7, run}));
        executable.run();
        float[] result = new float[8];
        buffer.download(0, MemorySegment.ofArray(result));
        assertArrayEquals(
            new float[] {32, 64, 96, 128, 160, 192, 224, 32 * run}, result, "run " + run);
      }
    }
  }

  @Test
  void anotherStreamCopiesAndTheMainOneWaitsForIt() {
    try (CudaDevice device = Emulation.open();
        CudaStream stream = device.openStream();
        CudaEvent event = device.newEvent();
        HostMemory host = device.allocateHost(32);
        CudaBuffer buffer = device.allocate(32)) {
      float[] values = {1, 2, 3, 4, 5, 6, 7, 8};
      assertTrue(event.isReached(), "an event that was never recorded counts as reached");
      host.segment().copyFrom(MemorySegment.ofArray(values));
      stream.upload(buffer, 0, host.segment());
      stream.record(event);
      device.mainStream().waitFor(event);
      device.mainStream().download(buffer, 16, host.segment().asSlice(0, 16));
      device.mainStream().record(event);
      event.await();
      assertTrue(event.isReached());
      assertEquals(5, host.segment().get(ValueLayout.JAVA_FLOAT, 0));
      assertEquals(5, host.segment().get(ValueLayout.JAVA_FLOAT, 16));
    }
  }

  @Test
  void freedMemoryServesTheNextAndIsZeroedAgain() {
    try (CudaDevice device = Emulation.open()) {
      long address;
      try (CudaBuffer first = device.allocate(1000)) {
        address = first.address();
        first.upload(0, MemorySegment.ofArray(new byte[] {1, 2, 3}));
      }
      try (CudaBuffer second = device.allocate(1001)) {
        assertEquals(address, second.address());
        byte[] bytes = new byte[3];
        second.download(0, MemorySegment.ofArray(bytes));
        assertArrayEquals(new byte[3], bytes);
      }
    }
  }

  @Test
  void whatIsKeptForLaterIsGivenUpBeforeMemoryRunsOut() {
    Emulation.setMemory(64 << 20);
    try (CudaDevice device = Emulation.open()) {
      device.allocate(40 << 20).close();
      device.allocate(30 << 20).close();
    }
  }

  @Test
  void tensorCoresAreAsExactAsHalvesAllow() {
    int m = 131;
    int n = 133;
    int k = 96;
    SplittableRandom random = new SplittableRandom(7);
    float[] x = new float[m * k];
    float[] w = new float[n * k];
    for (int i = 0; i < x.length; i++) {
      // A row that halves could not hold, and one that they would lose.
      double size = i / k == 3 ? 1e9 : i / k == 4 ? 1e-12 : 1;
      x[i] = (float) (size * random.nextDouble(-1, 1));
    }
    short[] halves = new short[w.length];
    for (int i = 0; i < w.length; i++) {
      halves[i] = Float.floatToFloat16((float) random.nextDouble(-1, 1));
      w[i] = Float.float16ToFloat(halves[i]);
    }
    float[] y = product(x, halves, m, n, k);
    for (int row = 0; row < m; row++) {
      double error = 0;
      double square = 0;
      for (int column = 0; column < n; column++) {
        double exact = 0;
        for (int i = 0; i < k; i++) {
          exact += (double) x[row * k + i] * w[column * k + i];
        }
        error += Math.pow(y[row * n + column] - exact, 2);
        square += exact * exact;
      }
      assertTrue(error / square < 1e-7, "row " + row + ": NMSE " + error / square);
    }
  }

  @Test
  void attentionOnTensorCoresIsNearThatInFloats() {
    int tokens = 70;
    int heads = 4;
    int keyHeads = 2;
    int size = 80;
    int rows = 150;
    TensorType query = TensorType.of(DataType.F32, tokens, heads, size);
    TensorType key = TensorType.of(DataType.F16, rows, keyHeads, size);
    TensorType positions = TensorType.of(DataType.I32, tokens);
    GraphBuilder g = new GraphBuilder();
    Node node =
        g.apply(
            new Attention(0.11f, 30, 0, AttentionMask.causal(), false),
            g.apply(new Input(query)),
            g.apply(new Input(key)),
            g.apply(new Input(key)),
            g.apply(new Input(positions)));
    SplittableRandom random = new SplittableRandom(5);
    float[] queries = new float[tokens * heads * size];
    for (int i = 0; i < queries.length; i++) {
      queries[i] = (float) random.nextDouble(-3, 3);
    }
    short[] keys = new short[rows * keyHeads * size];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = Float.floatToFloat16((float) random.nextDouble(-2, 2));
    }
    int[] at = new int[tokens];
    for (int i = 0; i < tokens; i++) {
      at[i] = 75 + i;
    }
    float[][] results = new float[2][tokens * heads * size];
    for (int exact = 0; exact < 2; exact++) {
      try (CudaDevice device = Emulation.open(new CudaOptions(exact == 1, false));
          Buffer a = device.load(MemorySegment.ofArray(queries));
          Buffer b = device.load(MemorySegment.ofArray(keys));
          Buffer c = device.load(MemorySegment.ofArray(at));
          Buffer y = device.allocate(4L * queries.length)) {
        Tensor keyTensor = Tensor.dense(key, b, 0);
        Step step =
            new Step(
                node,
                List.of(
                    Tensor.dense(query, a, 0), keyTensor, keyTensor, Tensor.dense(positions, c, 0)),
                Tensor.dense(node.type(), y, 0));
        try (Executable executable = device.compile(new Segment(List.of(step)))) {
          executable.run();
          y.download(0, MemorySegment.ofArray(results[exact]));
        }
      }
    }
    double error = 0;
    double square = 0;
    for (int i = 0; i < queries.length; i++) {
      error += Math.pow(results[0][i] - results[1][i], 2);
      square += Math.pow(results[1][i], 2);
    }
    assertTrue(error > 0, "both ways took the same kernel");
    assertTrue(error / square < 1e-6, "NMSE " + error / square);
  }

  private static float[] product(float[] x, short[] halves, int m, int n, int k) {
    TensorType left = TensorType.of(DataType.F32, m, k);
    TensorType right = TensorType.of(DataType.F16, n, k);
    GraphBuilder g = new GraphBuilder();
    Node node = g.apply(new MatMul(), g.apply(new Input(left)), g.apply(new Input(right)));
    float[] y = new float[m * n];
    try (CudaDevice device = Emulation.open();
        Buffer tokens = device.load(MemorySegment.ofArray(x));
        Buffer weights = device.load(MemorySegment.ofArray(halves));
        Buffer result = device.allocate(4L * y.length)) {
      Step step =
          new Step(
              node,
              List.of(Tensor.dense(left, tokens, 0), Tensor.dense(right, weights, 0)),
              Tensor.dense(node.type(), result, 0));
      try (Executable executable = device.compile(new Segment(List.of(step)))) {
        executable.run();
        result.download(0, MemorySegment.ofArray(y));
      }
    }
    return y;
  }
}
