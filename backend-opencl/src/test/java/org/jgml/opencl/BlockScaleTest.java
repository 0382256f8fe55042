package org.jgml.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
import org.junit.jupiter.params.provider.ValueSource;

/// Products read every half as the scale of a block: zeros, denormals, the largest, infinities,
/// NaN.
final class BlockScaleTest {
  private static final int[] SCALES = {
    0x0000, 0x0001, 0x83ff, 0x0400, 0x3c00, 0xc2ab, 0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x7c01, 0x7e00,
    0xfe00
  };

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void ofAnyKind(int tokens) {
    TensorType type = TensorType.of(DataType.Q8_0, SCALES.length, 32);
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, tokens, 32);
    Node y = g.named("y").matmul(x, g.weight("w", type));
    float[] ones = new float[tokens * 32];
    Arrays.fill(ones, 1);
    try (OpenClDevice device = TestDevice.open();
        LoadedWeights weights = new LoadedWeights(_ -> Optional.of(blocks()));
        Session session = new Session(weights)) {
      Execution execution =
          session.execution(
              ExecutionPlan.of(g.build(y), List.of(device), PlacementPolicy.firstThatSupports()));
      execution.write("x", ones);
      execution.run();
      float[] row = Arrays.copyOf(execution.readFloats("y"), SCALES.length);
      assertArrayEquals(expected(), row);
    }
  }

  /// A block a scale, whose codes are all 1.
  private static MemorySegment blocks() {
    ByteBuffer bytes = ByteBuffer.allocate(SCALES.length * 34).order(ByteOrder.LITTLE_ENDIAN);
    byte[] codes = new byte[32];
    Arrays.fill(codes, (byte) 1);
    for (int scale : SCALES) {
      bytes.putShort((short) scale).put(codes);
    }
    return MemorySegment.ofArray(bytes.array());
  }

  private static float[] expected() {
    float[] sums = new float[SCALES.length];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = 32 * Float.float16ToFloat((short) SCALES[i]);
    }
    return sums;
  }
}
