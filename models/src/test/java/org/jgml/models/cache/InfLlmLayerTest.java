package org.jgml.models.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
import org.jgml.kvcache.KvCache;
import org.jgml.kvcache.LayerShape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// InfLLM in one layer of random queries, keys and values against double precision.
final class InfLlmLayerTest {
  private static final long SEED = Long.getLong("jgml.seed", 11);
  private static final double TOLERANCE = 2e-6;

  private static Devices devices;
  private static Device device;

  private final SplittableRandom random = new SplittableRandom(SEED);

  @BeforeAll
  static void open() {
    devices = Devices.open(DeviceOptions.defaults().withThreads(1));
    device = devices.all().getFirst();
  }

  @AfterAll
  static void close() {
    devices.close();
  }

  private static LayerShape shape(int heads, int keyHeads, int size) {
    AttentionScores scores = new AttentionScores((float) (1 / Math.sqrt(size)), 0, 0);
    return new LayerShape(heads, keyHeads, size, size, scores);
  }

  private static InfLlmParameters parameters(int initial, int window, int block, int slice, int k) {
    return InfLlmParameters.published()
        .withSelection(BlockSelection.of(0, new Representatives(1)).withIndexType(DataType.F32))
        .withWindow(initial, window, slice)
        .withBlocks(block, k);
  }

  private double[][] rows(int tokens, int length) {
    double[][] rows = new double[tokens][length];
    for (double[] row : rows) {
      // As the engine will get them, in single precision.
      Arrays.setAll(row, _ -> (float) random.nextGaussian());
    }
    return rows;
  }

  private static float[] flat(double[][] rows, int from, int end) {
    float[] flat = new float[(end - from) * rows[0].length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) rows[from + i / rows[0].length][i % rows[0].length];
    }
    return flat;
  }

  /// A random text for one layer.
  private record Text(double[][] query, double[][] key, double[][] value) {
    int length() {
      return query.length;
    }
  }

  private Text text(LayerShape shape, int tokens) {
    return new Text(
        rows(tokens, shape.queryLength()),
        rows(tokens, shape.keyLength()),
        rows(tokens, shape.valueLength()));
  }

  private static KvCache cache(InfLlmParameters parameters) {
    return new InfLlmKvCache(1 << 20, parameters, DataType.F32, DataType.F32);
  }

  /// Reads a text in slices of these lengths, repeated.
  private static float[][] read(OneLayer layer, Text text, int... slices) {
    List<float[]> y = new ArrayList<>();
    int from = 0;
    for (int i = 0; from < text.length(); i++) {
      int end = Math.min(text.length(), from + slices[i % slices.length]);
      float[] attended =
          layer.read(
              end - from,
              flat(text.query(), from, end),
              flat(text.key(), from, end),
              flat(text.value(), from, end));
      int width = attended.length / (end - from);
      for (int row = 0; row < end - from; row++) {
        y.add(Arrays.copyOfRange(attended, row * width, (row + 1) * width));
      }
      from = end;
    }
    return y.toArray(float[][]::new);
  }

  private static void requireNear(double[][] expected, float[][] actual, String label) {
    double error = 0;
    double norm = 0;
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        double difference = expected[row][i] - actual[row][i];
        error += difference * difference;
        norm += expected[row][i] * expected[row][i];
      }
    }
    double relative = Math.sqrt(error / norm);
    assertTrue(relative <= TOLERANCE, () -> label + ", seed " + SEED + ": " + relative);
  }

  /// Attention to all tokens, those beyond the window at one distance.
  private static double[][] dense(LayerShape shape, Text text, int window) {
    ExactAttention exact = new ExactAttention(shape, RopeScaling.NONE);
    exact.remember(text.key(), text.value());
    double[][] y = new double[text.length()][];
    for (int token = 0; token < y.length; token++) {
      y[token] = new double[shape.heads() * shape.valueSize()];
      for (int head = 0; head < shape.heads(); head++) {
        double[] row =
            exact.attend(
                exact.clipped(text.query()[token], head, token, window, window - 1, _ -> true),
                head);
        System.arraycopy(row, 0, y[token], head * row.length, row.length);
      }
    }
    return y;
  }

  private static OneLayer layer(InfLlmParameters parameters, LayerShape shape) {
    return new OneLayer(device, cache(parameters), shape, RopeScaling.NONE, true);
  }

  @Test
  void withAllBlocksItIsDenseAttentionAtClippedDistanceInAnySlices() {
    LayerShape shape = shape(4, 2, 16);
    InfLlmParameters parameters = parameters(5, 24, 7, 24, 100);
    Text text = text(shape, 400);
    double[][] expected = dense(shape, text, 24);
    int[][] chunkings = {{24}, {1}, {7}, {24, 1, 3}, {23}, {5, 17}};
    for (int[] slices : chunkings) {
      try (OneLayer layer = layer(parameters, shape)) {
        requireNear(expected, read(layer, text, slices), Arrays.toString(slices));
      }
    }
  }

  /// Heads, sizes and lengths at which ports break.
  static Stream<InfLlmParameters> boundaries() {
    return Stream.of(
        parameters(0, 16, 8, 16, 50),
        parameters(3, 8, 16, 8, 50),
        parameters(4, 16, 5, 16, 100),
        parameters(4, 16, 1, 7, 500),
        parameters(16, 16, 8, 1, 50));
  }

  @ParameterizedTest
  @MethodSource("boundaries")
  void lengthsThatDivideNothingChangeNothing(InfLlmParameters parameters) {
    LayerShape shape = shape(2, 1, 10);
    int window = parameters.localWindow();
    int slice = parameters.sliceLength();
    int begin = window + parameters.initialTokens();
    int size = parameters.blockSize();
    int[] lengths = {
      1, 2, slice, slice + 1, begin, begin + size - 1, begin + size, begin + size + 1
    };
    for (int length : lengths) {
      Text text = text(shape, Math.max(1, length));
      try (OneLayer layer = layer(parameters, shape)) {
        String label = parameters + " with " + length + " tokens";
        requireNear(dense(shape, text, window), read(layer, text, slice), label);
      }
    }
  }

  static Stream<LayerShape> shapes() {
    return Stream.of(
        shape(1, 1, 64), shape(4, 2, 80), shape(4, 1, 96), shape(8, 1, 128), shape(14, 2, 64));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void anyGroupOfHeadsOfAnySizeIsSparseAsInDoublePrecision(LayerShape shape) {
    requireSparse(parameters(6, 20, 8, 20, 3), shape, RopeScaling.NONE, 260, 20);
  }

  /// Each scorer, mask and index.
  static Stream<InfLlmParameters> selections() {
    InfLlmParameters few = parameters(6, 20, 8, 20, 4);
    BlockSelection selection = few.selection();
    return Stream.of(
            new Representatives(3),
            new Representatives(3, Heads.KEY, Summand.SOFTMAX_WEIGHT),
            new Representatives(2, Heads.QUERY, Summand.LOGIT),
            new BlockScorer.MeanKey(),
            new BlockScorer.Boxes(8),
            new BlockScorer.Boxes(4),
            new BlockScorer.Union(new Representatives(3), new BlockScorer.Boxes(2)),
            new BlockScorer.Union(new BlockScorer.MeanKey(), new BlockScorer.Boxes(4)))
        .map(scorer -> few.withSelection(selection.withScorer(scorer)))
        .flatMap(each -> Stream.of(each, each.withMask(FarMask.COMPATIBLE)));
  }

  @ParameterizedTest
  @MethodSource("selections")
  void anyScorerIsSparseAsInDoublePrecision(InfLlmParameters parameters) {
    requireSparse(parameters, shape(4, 2, 16), RopeScaling.NONE, 300, 20);
    requireSparse(parameters, shape(4, 2, 16), RopeScaling.NONE, 120, 7);
  }

  @Test
  void rotationsThatStretchVectorsAreRightForFarKeysToo() {
    RopeScaling longer = new RopeScaling(0.5f, 0, 1.25f, 32, 1, 0);
    requireSparse(parameters(6, 20, 8, 20, 3), shape(4, 2, 16), longer, 260, 20);
  }

  @Test
  void logitsWithASoftCapAreRight() {
    LayerShape capped = new LayerShape(4, 2, 16, 24, new AttentionScores(0.5f, 3, 0));
    requireSparse(parameters(6, 20, 8, 20, 3), capped, RopeScaling.NONE, 260, 20);
  }

  /// The same blocks and, but for rounding, the same values as in double precision.
  private void requireSparse(
      InfLlmParameters parameters, LayerShape shape, RopeScaling scaling, int tokens, int slice) {
    Text text = text(shape, tokens);
    ExactInfLlm exact = new ExactInfLlm(parameters, shape, scaling);
    int[][] selected = new int[1][];
    InfLlmListener listener =
        new InfLlmListener() {
          @Override
          public void selected(int layer, int[] blocks, int count) {
            selected[0] = Arrays.copyOf(blocks, count);
          }
        };
    try (OneLayer layer = new OneLayer(device, cache(parameters), shape, scaling, true)) {
      ((InfLlmDriver) layer.driver()).listen(listener);
      for (int from = 0; from < tokens; ) {
        int end = from < tokens / 2 ? Math.min(tokens / 2, from + slice) : from + 1;
        double[][] expected =
            exact.read(
                Arrays.copyOfRange(text.query(), from, end),
                Arrays.copyOfRange(text.key(), from, end),
                Arrays.copyOfRange(text.value(), from, end));
        Text part =
            new Text(
                Arrays.copyOfRange(text.query(), from, end),
                Arrays.copyOfRange(text.key(), from, end),
                Arrays.copyOfRange(text.value(), from, end));
        float[][] actual = read(layer, part, end - from);
        String label = "%s, tokens %d to %d".formatted(parameters, from, end);
        if (exact.selected().length > 0) {
          assertArrayEquals(exact.selected(), selected[0], label);
        }
        requireNear(expected, actual, label);
        from = end;
      }
    }
  }

  @Test
  void withoutBlocksItSeesTheWindowTheFirstTokensAndWhatIsInNoBlock() {
    // A block of one token is made as soon as the window of the next query begins behind it.
    LayerShape shape = shape(4, 2, 16);
    InfLlmParameters parameters = parameters(5, 24, 1, 1, 0);
    Text text = text(shape, 150);
    ExactAttention exact = new ExactAttention(shape, RopeScaling.NONE);
    exact.remember(text.key(), text.value());
    double[][] expected = new double[150][shape.heads() * shape.valueSize()];
    for (int token = 0; token < 150; token++) {
      int seenBy = token;
      for (int head = 0; head < shape.heads(); head++) {
        double[] row =
            exact.attend(
                exact.clipped(
                    text.query()[token],
                    head,
                    token,
                    24,
                    23,
                    other -> other < 5 || other == seenBy - 24),
                head);
        System.arraycopy(row, 0, expected[token], head * row.length, row.length);
      }
    }
    try (OneLayer layer = layer(parameters, shape)) {
      requireNear(expected, read(layer, text, 1), "topk 0");
    }
  }

  @Test
  void rewindingToTheBeginningForgetsEverything() {
    LayerShape shape = shape(4, 2, 16);
    Text text = text(shape, 200);
    try (OneLayer layer = layer(parameters(5, 24, 7, 24, 3), shape)) {
      float[][] first = read(layer, text, 24);
      layer.driver().rewind(0);
      assertEquals(0, layer.driver().length());
      float[][] again = read(layer, text, 24);
      IntStream.range(0, 200).forEach(i -> assertArrayEquals(first[i], again[i]));
    }
  }
}
