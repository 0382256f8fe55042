package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.LinearAttention;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.LoadedWeights;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.Test;

/// Attention by a state as long as private memory holds.
final class LinearAttentionTest {
  private static final int MOST = LinearAttentionKernel.MOST_ROWS;

  @Test
  void theLongestKeysAreRead() {
    GraphBuilder g = new GraphBuilder();
    Node y = attention(g, MOST, 3);
    try (OpenClDevice device = TestDevice.open();
        LoadedWeights weights = new LoadedWeights(_ -> Optional.empty());
        Session session = new Session(weights)) {
      Execution execution =
          session.execution(
              ExecutionPlan.of(g.build(y), List.of(device), PlacementPolicy.firstThatSupports()));
      execution.write("state", repeated(1, 3 * MOST));
      execution.write("key", repeated(1, MOST));
      execution.write("value", 2f, 3f, 4f);
      execution.write("one", 1f);
      execution.run();
      // Each row becomes 1 + value; the query, which is the key, finds their sum.
      float[] output = Arrays.copyOf(execution.readFloats("y"), 6);
      assertArrayEquals(new float[] {3 * MOST, 4 * MOST, 5 * MOST, 3, 4, 5}, output);
    }
  }

  @Test
  void longerKeysAreRefused() {
    Node y = attention(new GraphBuilder(), MOST + 1, 3);
    Verdict refusal = Verdict.no("keys of more than 4096 elements");
    assertEquals(refusal, OpenClKernels.supports(y, TestDevice.profile(256)));
  }

  /// One token and no axis of heads.
  private static Node attention(GraphBuilder g, int rows, int columns) {
    Node key = g.input("key", DataType.F32, 1, rows);
    Node one = g.input("one", DataType.F32, 1, 1);
    return g.named("y")
        .apply(
            new LinearAttention(LinearAttention.Rule.SUM),
            g.input("state", DataType.F32, rows, columns),
            key,
            key,
            g.input("value", DataType.F32, 1, columns),
            one,
            one);
  }

  private static float[] repeated(float value, int count) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }
}
