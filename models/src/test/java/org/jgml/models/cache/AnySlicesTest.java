package org.jgml.models.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.op.AttentionColumnSums.Summand;
import org.jgml.core.op.RopeScaling;
import org.jgml.core.runtime.Devices;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.BlockScorer;
import org.jgml.kvcache.BlockScorer.Representatives;
import org.jgml.kvcache.BlockScorer.Representatives.Heads;
import org.jgml.kvcache.BlockSelection;
import org.jgml.kvcache.InfLlmDriver;
import org.jgml.kvcache.InfLlmKvCache;
import org.jgml.kvcache.InfLlmListener;
import org.jgml.kvcache.InfLlmParameters;
import org.jgml.kvcache.InfLlmParameters.FarMask;
import org.jgml.kvcache.LayerShape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Whatever the parameters and however a text is cut into slices: the blocks and values are those
/// of the algorithm in double precision.
final class AnySlicesTest {
  private static final long SEED = Long.getLong("jgml.seed", 41);
  private static final int TEXTS = Integer.getInteger("jgml.texts", 40);
  private static final double TOLERANCE = 2e-6;

  /// Scores that are nearer than this, relative to their size, are ordered by rounding.
  private static final double NEAR_TIE = 1e-6;

  private static Devices devices;
  private static Device device;

  @BeforeAll
  static void open() {
    devices = Devices.open(DeviceOptions.defaults().withThreads(1));
    device = devices.all().getFirst();
  }

  @AfterAll
  static void close() {
    devices.close();
  }

  @Test
  void blocksAndValuesAreThoseInDoublePrecision() {
    double worst = 0;
    int ties = 0;
    for (long seed = SEED; seed < SEED + TEXTS; seed++) {
      Trial trial = new Trial(new SplittableRandom(seed));
      double error = trial.relativeError();
      long label = seed;
      assertTrue(error <= TOLERANCE, () -> "seed " + label + ", " + trial + ": " + error);
      worst = Math.max(worst, error);
      ties += trial.metNearTie ? 1 : 0;
    }
    assertTrue(ties <= TEXTS / 10, ties + " near ties");
    System.out.printf("%d texts: relative error at most %.2g, %d near ties%n", TEXTS, worst, ties);
  }

  /// One random text.
  private static final class Trial {
    private final SplittableRandom random;
    private final InfLlmParameters parameters;
    private final LayerShape shape;
    private final ExactInfLlm exact;
    private int[] selected = {};
    private double error;
    private double norm;
    private boolean metNearTie;

    Trial(SplittableRandom random) {
      this.random = random;
      int keyHeads = 1 + random.nextInt(3);
      int size = 2 * (2 + random.nextInt(15));
      float cap = random.nextInt(4) == 0 ? 2 : 0;
      AttentionScores scores = new AttentionScores((float) (1 / Math.sqrt(size)), cap, 0);
      this.shape = new LayerShape(keyHeads * (1 + random.nextInt(4)), keyHeads, size, size, scores);
      this.parameters = parameters(random);
      this.exact = new ExactInfLlm(parameters, shape, RopeScaling.NONE);
    }

    private static InfLlmParameters parameters(SplittableRandom random) {
      int box = 1 + random.nextInt(3);
      int block = box * (2 + random.nextInt(4));
      int window = 4 + random.nextInt(28);
      int count = 1 + random.nextInt(2);
      BlockScorer[] scorers = {
        new Representatives(count),
        new Representatives(count, Heads.KEY, Summand.SOFTMAX_WEIGHT),
        new Representatives(count, Heads.QUERY, Summand.LOGIT),
        new BlockScorer.MeanKey(),
        new BlockScorer.Boxes(box),
        new BlockScorer.Union(new Representatives(count), new BlockScorer.Boxes(box))
      };
      BlockScorer scorer = scorers[random.nextInt(scorers.length)];
      int blocks = random.nextInt(7);
      return InfLlmParameters.published()
          .withSelection(BlockSelection.of(0, new BlockScorer.MeanKey()))
          .withWindow(random.nextInt(8), window, 1 + random.nextInt(window))
          .withBlocks(block, blocks)
          .withSelection(BlockSelection.of(blocks, scorer).withIndexType(DataType.F32))
          .withMask(random.nextBoolean() ? FarMask.EXACT : FarMask.COMPATIBLE);
    }

    /// Of all values, up to the first lookup that rounding may have decided.
    double relativeError() {
      InfLlmKvCache cache = new InfLlmKvCache(1 << 20, parameters, DataType.F32, DataType.F32);
      try (OneLayer layer = new OneLayer(device, cache, shape, RopeScaling.NONE, true)) {
        ((InfLlmDriver) layer.driver())
            .listen(
                new InfLlmListener() {
                  @Override
                  public void selected(int index, int[] blocks, int count) {
                    selected = Arrays.copyOf(blocks, count);
                  }
                });
        int length = 40 + random.nextInt(200);
        for (int done = 0; done < length && !metNearTie; ) {
          int count = 1 + random.nextInt(Math.min(parameters.sliceLength(), length - done));
          read(layer, count);
          done += count;
        }
      }
      return Math.sqrt(error / norm);
    }

    private void read(OneLayer layer, int count) {
      double[][] query = rows(count, shape.queryLength());
      double[][] key = rows(count, shape.keyLength());
      double[][] value = rows(count, shape.valueLength());
      double[][] expected = exact.read(query, key, value);
      float[] actual = layer.read(count, flat(query), flat(key), flat(value));
      metNearTie = exact.smallestMargin() < NEAR_TIE;
      if (metNearTie) {
        return;
      }
      if (exact.selected().length > 0) {
        assertArrayEquals(exact.selected(), selected, toString());
      }
      int width = expected[0].length;
      for (int i = 0; i < actual.length; i++) {
        double right = expected[i / width][i % width];
        error += (actual[i] - right) * (actual[i] - right);
        norm += right * right;
      }
    }

    private double[][] rows(int count, int length) {
      double[][] rows = new double[count][length];
      for (double[] row : rows) {
        // As the engine will get them, in single precision.
        Arrays.setAll(row, _ -> (float) random.nextGaussian());
      }
      return rows;
    }

    private static float[] flat(double[]... rows) {
      int length = rows[0].length;
      float[] flat = new float[rows.length * length];
      IntStream.range(0, flat.length).forEach(i -> flat[i] = (float) rows[i / length][i % length]);
      return flat;
    }

    @Override
    public String toString() {
      return parameters + ", " + shape;
    }
  }
}
