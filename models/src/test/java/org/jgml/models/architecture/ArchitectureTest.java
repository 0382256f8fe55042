package org.jgml.models.architecture;

import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.models.architecture.ExactTransformer.WIDTH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jgml.kvcache.CacheKind;
import org.jgml.kvcache.InfLlmParameters;
import org.jgml.kvcache.WindowKvCache.SinkPositions;
import org.jgml.models.Model;
import org.jgml.models.ModelOptions;
import org.jgml.models.ModelSession;
import org.jgml.models.SessionOptions;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufValue;
import org.jgml.models.gguf.GgufWriter;
import org.jgml.models.sampling.Sampler;
import org.jgml.models.sampling.SamplingOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Architectures against equations in double precision, on random weights.
final class ArchitectureTest {
  private static final double ALLOWED = 1e-9;
  private static final double NEAR_TIE = 1e-6;

  @TempDir Path folder;

  /// A token that is sent to another expert shows: its answer is another one.
  @ParameterizedTest(name = "{0}")
  @MethodSource("org.jgml.models.architecture.ExactModels#all")
  void logitsAreThoseOfThePaper(String name, ExactTransformer exact, int length)
      throws IOException {
    Path path = folder.resolve("model.gguf");
    exact.write(path);
    int[] tokens = new SplittableRandom(11).ints(length, 0, ExactTransformer.VOCABULARY).toArray();
    double[][] expected = exact.logits(tokens);
    assertTrue(exact.smallestMargin() > NEAR_TIE, "a near tie of experts: change the seed");
    try (Model model = Model.open(path, ModelOptions.defaults())) {
      for (int batch : new int[] {length, 7, 1}) {
        double error = error(logits(model, tokens, batch), expected);
        assertTrue(error <= ALLOWED, () -> "%s by %d: NMSE %g".formatted(name, batch, error));
      }
    }
  }

  static Stream<Arguments> unusualAttention() {
    return Stream.of(
        Arguments.of("learned sinks", new ExactGptOss()),
        Arguments.of("queries that grow", ExactLongTexts.mistral3()),
        Arguments.of("chunks", ExactLongTexts.llama4(12)),
        Arguments.of("norms after rotation", ExactHunYuans.dense()),
        Arguments.of("heads of two sizes", ExactGemma4.mixture()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unusualAttention")
  void everyKindOfCacheKnows(String name, ExactTransformer exact) throws IOException {
    Path path = folder.resolve("unusual.gguf");
    exact.write(path);
    int[] tokens = new SplittableRandom(13).ints(30, 0, ExactTransformer.VOCABULARY).toArray();
    double[][] expected = exact.logits(tokens);
    SessionOptions options = new SessionOptions(0, F32, F32, 8);
    try (Model model = Model.open(path, ModelOptions.defaults())) {
      // Both see all 30 tokens, and merge what parts of them contribute.
      for (CacheKind kind :
          List.of(
              new CacheKind.Window(4, 64, SinkPositions.LM_INFINITE),
              new CacheKind.InfLlm(InfLlmParameters.published()))) {
        double error = error(logits(model, tokens, options.withCache(kind)), expected);
        assertTrue(error <= ALLOWED, () -> "%s, %s: NMSE %g".formatted(name, kind, error));
      }
    }
  }

  @Test
  void keysOfAnotherLayerAreReadWhereTheyAreStored() throws IOException {
    ExactTransformer exact = ExactGemma4.small();
    Path path = folder.resolve("borrowed.gguf");
    exact.write(path);
    int[] tokens = new SplittableRandom(13).ints(30, 0, ExactTransformer.VOCABULARY).toArray();
    double[][] expected = exact.logits(tokens);
    SessionOptions options = new SessionOptions(0, F32, F32, 8);
    SessionOptions window =
        options.withCache(new CacheKind.Window(4, 64, SinkPositions.LM_INFINITE));
    SessionOptions infLlm = options.withCache(new CacheKind.InfLlm(InfLlmParameters.published()));
    try (Model model = Model.open(path, ModelOptions.defaults())) {
      double error = error(logits(model, tokens, window), expected);
      assertTrue(error <= ALLOWED, () -> "NMSE " + error);
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> logits(model, tokens, infLlm));
      assertTrue(e.getMessage().contains("layers of this model share keys"), e.getMessage());
    }
  }

  @Test
  void suppressedTokensAreNeverTheLikeliest() throws IOException {
    ExactTransformer exact = ExactGemma4.mixture();
    int[] tokens = {5, 9, 2};
    double[] expected = exact.logits(tokens)[2];
    int likeliest = best(expected);
    exact.file.tokens("tokenizer.ggml.suppress_tokens", likeliest, 4);
    expected[likeliest] = Double.NEGATIVE_INFINITY;
    expected[4] = Double.NEGATIVE_INFINITY;
    Path path = folder.resolve("suppressed.gguf");
    exact.write(path);
    try (Model model = Model.open(path, ModelOptions.defaults())) {
      float[] logits = logits(model, tokens, 3)[2];
      for (int i = 0; i < expected.length; i++) {
        if (Double.isInfinite(expected[i])) {
          assertEquals(Float.NEGATIVE_INFINITY, logits[i]);
        } else {
          assertEquals(expected[i], logits[i], 1e-4);
        }
      }
      try (ModelSession session = model.newSession(new SessionOptions(8, F32, F32, 8))) {
        assertEquals(best(expected), session.next(Sampler.of(SamplingOptions.greedy()), tokens));
      }
    }
  }

  private static int best(double... logits) {
    return IntStream.range(0, logits.length)
        .boxed()
        .max(Comparator.comparingDouble(i -> logits[i]))
        .orElseThrow();
  }

  @Test
  void tensorsThatNothingReadsAreRefused() throws IOException {
    ExactTransformer model = ExactArchitectures.arcee();
    model.file.matrix("blk.0.attn_qkv.weight", WIDTH, WIDTH);
    model.file.vector("output_norm.bias", 0, 1, WIDTH);
    assertRefused(
        model,
        "tensor blk.0.attn_qkv.weight: expected only tensors that a model of architecture arcee"
            + " reads, found this one and 1 more");
  }

  @Test
  void layersForTrainingAloneAreNotRead() throws IOException {
    ExactTransformer model = ExactDeepSeeks.glm4moe();
    model.file.number("block_count", model.layers + 1);
    model.file.number("nextn_predict_layers", 1);
    model.file.matrix("blk.%d.nextn.eh_proj.weight".formatted(model.layers), WIDTH, 2 * WIDTH);
    Path path = folder.resolve("further.gguf");
    model.write(path);
    Model.open(path, ModelOptions.defaults()).close();
    model.file.matrix("blk.%d.attn_q.weight".formatted(model.layers + 1), WIDTH, WIDTH);
    assertRefused(model, "tensor blk.%d.attn_q.weight".formatted(model.layers + 1));
  }

  @Test
  void suppressedTokensOutsideTheVocabularyAreRefused() throws IOException {
    ExactTransformer model = ExactGemma4.small();
    model.file.tokens("tokenizer.ggml.suppress_tokens", ExactTransformer.VOCABULARY);
    assertRefused(model, "key tokenizer.ggml.suppress_tokens: expected tokens below 96");
  }

  @Test
  void anotherReadingThanTheUsualIsRefused() throws IOException {
    ExactTransformer decoder = ExactArchitectures.arcee();
    decoder.file.flag("attention.causal", false);
    assertRefused(decoder, "key arcee.attention.causal: expected true: nothing else is supported");
    decoder.file.flag("attention.causal", true);
    Path path = folder.resolve("usual.gguf");
    decoder.write(path);
    Model.open(path, ModelOptions.defaults()).close();
  }

  @Test
  void moreTokensThanLearnedPositionsAreRefused() throws IOException {
    String message = refusedSession(ExactGpts.gpt2(), new SessionOptions(129, F32, F32, 8));
    assertTrue(message.contains("129 tokens, but this model learned 128 positions"), message);
  }

  @Test
  void cachesThatDoNotNumberTokensRefuseModelsThatNeedIt() throws IOException {
    SessionOptions options =
        new SessionOptions(64, F32, F32, 8)
            .withCache(new CacheKind.Window(4, 64, SinkPositions.LM_INFINITE));
    String learned = refusedSession(ExactGpts.gpt2(), options);
    assertTrue(learned.contains("learns a vector for each position"), learned);
    String falling = refusedSession(ExactGpts.bloom(), options);
    assertTrue(falling.contains("scores of this model fall with the distance"), falling);
    String blocks =
        refusedSession(
            ExactGpts.bloom(),
            options.withCache(new CacheKind.InfLlm(InfLlmParameters.published())));
    assertTrue(blocks.contains("Fix: use --kv full"), blocks);
  }

  private String refusedSession(ExactTransformer exact, SessionOptions options) throws IOException {
    Path path = folder.resolve("session.gguf");
    exact.write(path);
    try (Model model = Model.open(path, ModelOptions.defaults())) {
      return assertThrows(
              IllegalArgumentException.class,
              () -> {
                try (ModelSession session = model.newSession(options)) {
                  session.evaluate(1);
                }
              })
          .getMessage();
    }
  }

  @Test
  void aModelWithoutHeadsAndWithoutStatesIsRefused() throws IOException {
    ExactTransformer model = ExactArchitectures.arcee();
    model.file.number("attention.head_count", 0);
    assertRefused(model, "key arcee.attention.head_count: expected a positive 32-bit number");
  }

  @Test
  void anotherYarnThanTheUsualIsRefused() throws IOException {
    ExactTransformer model = ExactLongTexts.mistral3();
    model.file.real("rope.scaling.yarn_attn_factor", 1.5f);
    assertRefused(model, "rope.scaling.yarn_attn_factor: expected 1.");
  }

  @Test
  void moreBorrowingLayersThanLendersAllowIsRefused() throws IOException {
    ExactTransformer model = ExactGemma4.small();
    model.file.number("attention.shared_kv_layers", 3);
    assertRefused(model, "so few that each has an earlier layer of its kind with keys");
  }

  private static float[][] logits(Model model, int[] tokens, int batch) {
    return logits(model, tokens, new SessionOptions(tokens.length, F32, F32, batch));
  }

  private static float[][] logits(Model model, int[] tokens, SessionOptions options) {
    int[] everywhere = IntStream.range(0, tokens.length).toArray();
    try (ModelSession session = model.newSession(options)) {
      return session.evaluate(tokens, everywhere);
    }
  }

  static double error(float[][] actual, double[][] expected) {
    double distance = 0;
    double length = 0;
    for (int row = 0; row < expected.length; row++) {
      for (int i = 0; i < expected[row].length; i++) {
        distance += Math.pow(actual[row][i] - expected[row][i], 2);
        length += Math.pow(expected[row][i], 2);
      }
    }
    return distance / length;
  }

  @ParameterizedTest
  @CsvSource({
    "gema3, gemma3",
    "lama, llama",
    "qwen2moee, qwen2moe",
    "phi4, phi3",
    "smollm, smollm3"
  })
  void anUnknownArchitectureIsRefusedWithTheNearest(String name, String nearest)
      throws IOException {
    Path path = folder.resolve("unknown.gguf");
    new GgufWriter().put("general.architecture", GgufValue.of(name)).write(path);
    try (GgufFile file = GgufFile.open(path)) {
      GgufException e = assertThrows(GgufException.class, () -> Architecture.read(file.metadata()));
      assertTrue(e.getMessage().contains("(the nearest is " + nearest + ")"), e.getMessage());
      assertTrue(e.getMessage().contains("llama, "), e.getMessage());
      assertTrue(e.getMessage().contains(name), e.getMessage());
    }
  }

  @Test
  void moreExpertsUsedThanThereAreIsRefused() throws IOException {
    ExactTransformer model = ExactMixtures.qwen3moe();
    model.file.number("expert_used_count", 17);
    assertRefused(model, "expected at most the 16 experts");
  }

  @Test
  void factorsOfAnotherLengthAreRefusedWhenTheFileIsOpened() throws IOException {
    ExactTransformer model = ExactArchitectures.phi3(true);
    model.file.number("rope.dimension_count", 8);
    assertRefused(model, "rope_factors_long.weight: expected the shape [4], found [8]");
  }

  private void assertRefused(ExactTransformer model, String message) throws IOException {
    Path path = folder.resolve("refused.gguf");
    model.write(path);
    GgufException e =
        assertThrows(GgufException.class, () -> Model.open(path, ModelOptions.defaults()));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void theyAreInTheOrderOfTheirNames() {
    List<String> names = Stream.of(Architecture.values()).map(Architecture::fileName).toList();
    assertEquals(names.stream().sorted().toList(), names);
  }

  @Test
  void theReadmeListsThemAll() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("README.md"))) {
      root = root.getParent();
    }
    String row =
        Files.readString(root.resolve("README.md"))
            .lines()
            .filter(line -> line.startsWith("| architectures |"))
            .findFirst()
            .orElseThrow();
    for (Architecture architecture : Architecture.values()) {
      String name = architecture.fileName();
      assertTrue(row.matches(".*\\b" + name + "\\b.*"), () -> "README.md lacks " + name);
    }
  }
}
