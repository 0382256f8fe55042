package org.jgml.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.runtime.Execution;
import org.jgml.core.runtime.Session;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The indices of the largest elements against a stable sort, for rows with many equal elements,
/// infinities, and what is no number.
final class SelectionTest {
  private static final int ROWS = 24;

  /// The share of elements that are no number, in the rows of a quarter.
  private static final double[] NO_NUMBERS = {0, 0.1, 0.9, 0.998};

  private final Random random = new Random(12);

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "16, 16",
    "33, 32",
    "129, 8",
    "5000, 1",
    "5000, 40",
    "4099, 2049",
    "20011, 40",
    "20011, 700"
  })
  void findsWhatASortPutsFirst(int length, int k) {
    try (CpuDevice vectors = new CpuDevice("cpu", 2, Arithmetic.best());
        CpuDevice scalars = new CpuDevice("cpu", 1, Arithmetic.scalar())) {
      for (CpuDevice device : List.of(vectors, scalars)) {
        check(device, length, k);
      }
    }
  }

  private void check(CpuDevice device, int length, int k) {
    GraphBuilder g = new GraphBuilder();
    Node x = g.input("x", DataType.F32, ROWS, length);
    Node best = g.named("best").topK(x, k);
    Node largest = g.named("largest").argmax(x);
    float[][] rows = new float[ROWS][];
    Arrays.setAll(rows, row -> row(row, length));
    try (Session session = new Session()) {
      Execution execution =
          session.execution(
              ExecutionPlan.of(
                  g.build(best, largest), List.of(device), PlacementPolicy.firstThatSupports()));
      float[] all = new float[ROWS * length];
      for (int row = 0; row < ROWS; row++) {
        System.arraycopy(rows[row], 0, all, row * length, length);
      }
      execution.write("x", all);
      execution.run();
      assertArrayEquals(
          Arrays.stream(rows).flatMapToInt(row -> order(row).limit(k)).toArray(),
          execution.readInts("best"));
      assertArrayEquals(
          Arrays.stream(rows).flatMapToInt(row -> order(row).limit(1)).toArray(),
          execution.readInts("largest"));
    }
  }

  /// Values of a kind, and with a share of what is no number, that depend on the number of the row.
  private float[] row(int number, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      float value = (float) random.nextGaussian();
      values[i] =
          switch (number % 6) {
            case 0 -> value;
            case 1 -> Math.round(2 * value);
            case 2 -> random.nextInt(300) == 0 ? value : Float.NEGATIVE_INFINITY;
            case 3 -> random.nextInt(100) == 0 ? Float.POSITIVE_INFINITY : value;
            case 4 -> Math.copySign(0, value);
            default -> Float.NEGATIVE_INFINITY;
          };
      if (random.nextDouble() < NO_NUMBERS[number / 6]) {
        values[i] = Float.NaN;
      }
    }
    return values;
  }

  /// By falling value, then rising index, and what is no number last.
  private static IntStream order(float... row) {
    Comparator<Integer> falling =
        Comparator.comparing((Integer i) -> Float.isNaN(row[i]))
            .thenComparing((a, b) -> row[a] > row[b] ? -1 : row[a] < row[b] ? 1 : 0);
    return IntStream.range(0, row.length).boxed().sorted(falling).mapToInt(i -> i);
  }
}
