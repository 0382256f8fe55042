package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jgml.core.format.Format;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.LoadedWeights;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Products of many tokens, for which a processor dequantises weights once.
final class ManyTokensTest {
  private static final int ROWS = 9;

  @ParameterizedTest
  @CsvSource({"F32,40,17", "F32,7,16", "Q8_0,96,33", "Q4_K,256,50", "F16,30000,20"})
  void giveWhatEachGivesAlone(DataType type, int length, int tokens) {
    float[] x = random(tokens * length, 3);
    TensorType weights = TensorType.of(type, ROWS, length);
    MemorySegment bytes = MemorySegment.ofArray(new byte[(int) weights.bytes()]);
    Format.of(type).quantise(random(ROWS * length, 5), 0, bytes, 0, ROWS * length);
    float[] alone = new float[tokens * ROWS];
    try (OpenClDevice device = TestDevice.open()) {
      for (int token = 0; token < tokens; token++) {
        float[] one = Arrays.copyOfRange(x, token * length, (token + 1) * length);
        System.arraycopy(sum(device, weights, bytes, one), 0, alone, token * ROWS, ROWS);
      }
      float tolerance = 1e-6f * length;
      assertArrayEquals(alone, sum(device, weights, bytes, x), tolerance);
    }
  }

  /// Products and what is added to them: one launch.
  private static float[] sum(
      OpenClDevice device, TensorType weights, MemorySegment bytes, float... x) {
    long length = weights.shape().dim(1);
    GraphBuilder g = new GraphBuilder();
    Node tokens = g.input("x", DataType.F32, x.length / length, length);
    Node products = g.matmul(tokens, g.weight("w", weights));
    Node y = g.named("y").add(products, g.input("more", DataType.F32, x.length / length, ROWS));
    try (LoadedWeights loaded = new LoadedWeights(_ -> Optional.of(bytes));
        Session session = new Session(loaded)) {
      Execution execution =
          session.execution(
              ExecutionPlan.of(g.build(y), List.of(device), PlacementPolicy.firstThatSupports()));
      execution.write("x", x);
      execution.write("more", random((int) (x.length / length * ROWS), 0));
      execution.run();
      return execution.readFloats("y");
    }
  }

  private static float[] random(int count, long seed) {
    float[] values = new float[count];
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      values[i] = seed == 0 ? i % ROWS : random.nextFloat() - 0.5f;
    }
    return values;
  }
}
