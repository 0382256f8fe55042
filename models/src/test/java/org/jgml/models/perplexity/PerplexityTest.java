package org.jgml.models.perplexity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.jgml.core.tensor.DataType;
import org.jgml.models.BundledModel;
import org.jgml.models.Fixtures;
import org.jgml.models.Model;
import org.jgml.models.ModelOptions;
import org.jgml.models.ModelSession;
import org.jgml.models.SessionOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Perplexity and divergence against sums over all logits, in the order of the definitions.
final class PerplexityTest {
  private static final int LENGTH = 32;
  private static final int COUNT = 3;
  private static final SessionOptions EXACT = options(DataType.F32);
  private static final SessionOptions COARSE = options(DataType.Q4_0);

  private static Model model;
  private static TextChunks chunks;

  @TempDir private Path folder;

  private static SessionOptions options(DataType cacheType) {
    return new SessionOptions(LENGTH, cacheType, cacheType, 7);
  }

  @BeforeAll
  static void open() throws IOException {
    model = Model.open(Fixtures.resource("goldens/qwen3-Q5_K.gguf"), ModelOptions.defaults());
    int[] tokens = new Random(1).ints(LENGTH * COUNT + 5, 0, model.vocabularySize()).toArray();
    chunks = new TextChunks(LENGTH, tokens, OptionalInt.empty());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Estimate measure(SessionOptions options, Path save, Path base) throws IOException {
    try (ModelSession session = model.newSession(options);
        Perplexity perplexity =
            new Perplexity(session, chunks, Optional.ofNullable(save), Optional.ofNullable(base))) {
      return perplexity.measure(_ -> {});
    }
  }

  /// Logarithms of probabilities of all positions of a chunk.
  private static double[][] logarithms(SessionOptions options, int chunk) {
    int[] all = new int[LENGTH];
    Arrays.setAll(all, i -> i);
    try (ModelSession session = model.newSession(options)) {
      return Arrays.stream(session.evaluate(chunks.input(chunk), all))
          .map(PerplexityTest::logarithms)
          .toArray(double[][]::new);
    }
  }

  private static double[] logarithms(float... logits) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    double[] logarithms = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      logarithms[i] = logits[i] - Math.log(sum);
    }
    return logarithms;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(x -> x).average().orElseThrow();
  }

  private static double standardError(List<Double> values) {
    double mean = mean(values);
    double squares = values.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    return Math.sqrt(squares / values.size() / (values.size() - 1));
  }

  @Test
  void theSecondHalfOfEachChunkIsScored() throws IOException {
    List<Double> surprises = new ArrayList<>();
    for (int chunk = 0; chunk < COUNT; chunk++) {
      double[][] logarithms = logarithms(EXACT, chunk);
      for (int i = LENGTH / 2; i < LENGTH - 1; i++) {
        surprises.add(-logarithms[i][chunks.input(chunk)[i + 1]]);
      }
    }
    double expected = Math.exp(mean(surprises));
    Estimate estimate = measure(EXACT, null, null);
    assertEquals(COUNT, estimate.chunks());
    assertEquals(surprises.size(), estimate.tokens());
    assertEquals(expected, estimate.perplexity(), 1e-4 * expected);
    assertEquals(expected * standardError(surprises), estimate.standardError(), 1e-4 * expected);
    assertEquals(Optional.empty(), estimate.divergence());
  }

  @Test
  void divergenceIsThatOfTheDefinition() throws IOException {
    List<Double> divergences = new ArrayList<>();
    int same = 0;
    for (int chunk = 0; chunk < COUNT; chunk++) {
      double[][] base = logarithms(EXACT, chunk);
      double[][] other = logarithms(COARSE, chunk);
      for (int i = LENGTH / 2; i < LENGTH - 1; i++) {
        double sum = 0;
        for (int token = 0; token < base[i].length; token++) {
          sum += Math.exp(base[i][token]) * (base[i][token] - other[i][token]);
        }
        divergences.add(sum);
        same += largest(base[i]) == largest(other[i]) ? 1 : 0;
      }
    }
    Path saved = folder.resolve("logits");
    measure(EXACT, saved, null);
    Estimate.Divergence found = measure(COARSE, null, saved).divergence().orElseThrow();
    double expected = mean(divergences);
    assertTrue(expected > 1e-4, "the models are too alike to compare: " + expected);
    // Saved logarithms are rounded to steps of at most 16/65535.
    assertEquals(expected, found.mean(), 0.02 * expected + 1e-5);
    assertEquals(standardError(divergences), found.standardError(), 0.05 * expected + 1e-5);
    assertEquals(same / (double) divergences.size(), found.sameLikeliest(), 1e-9);
  }

  private static int largest(double... values) {
    double max = Arrays.stream(values).max().orElseThrow();
    int i = 0;
    while (values[i] != max) {
      i++;
    }
    return i;
  }

  @Test
  void aModelDoesNotDivergeFromItself() throws IOException {
    Path saved = folder.resolve("logits");
    measure(EXACT, saved, null);
    Estimate.Divergence found = measure(EXACT, null, saved).divergence().orElseThrow();
    assertEquals(0, found.mean(), 1e-5);
    assertEquals(1, found.sameLikeliest());
  }

  @Test
  void savedFilesHaveTheSizeOfTheFormat() throws IOException {
    Path saved = folder.resolve("logits");
    measure(EXACT, saved, null);
    long rows = (long) COUNT * (LENGTH / 2 - 1);
    long header = 8 + 3 * 4 + COUNT * LENGTH * 4;
    assertEquals(header + rows * 2 * (model.vocabularySize() + 4), Files.size(saved));
  }

  @Test
  void filesOfOtherTextsAreRefused() throws IOException {
    Path saved = folder.resolve("logits");
    measure(EXACT, saved, null);
    byte[] bytes = Files.readAllBytes(saved);
    assertTrue(refusal(0, bytes).contains("not a file of saved predictions"));
    assertTrue(refusal(8, bytes).contains("chunk length"));
    assertTrue(refusal(12, bytes).contains("vocabulary size"));
    assertTrue(refusal(16, bytes).contains("number of chunks"));
    assertTrue(refusal(20, bytes).contains("another text"));
    Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, bytes.length - 1));
    IOException refused = assertThrows(IOException.class, () -> measure(EXACT, null, cut));
    assertTrue(refused.getMessage().contains("ends in the middle"), refused.getMessage());
  }

  private String refusal(int offset, byte... bytes) throws IOException {
    byte[] changed = bytes.clone();
    changed[offset]++;
    Path file = Files.write(folder.resolve("changed"), changed);
    return assertThrows(IOException.class, () -> measure(EXACT, null, file)).getMessage();
  }

  @Test
  void chunksBeginAsTheVocabularyWants() throws IOException {
    try (Model bundled = Model.open(BundledModel.file(), ModelOptions.defaults())) {
      TextChunks text = TextChunks.of(" ko ki di ka".repeat(10), bundled.tokenizer(), 16);
      assertTrue(text.count() >= 2);
      for (int i = 0; i < text.count(); i++) {
        assertEquals(1, text.input(i)[0]);
        assertEquals(16, text.input(i).length);
      }
    }
  }

  @Test
  void textsThatAreTooShortAreRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new TextChunks(8, new int[15], OptionalInt.empty()));
    assertTrue(refused.getMessage().contains("at least 16 are needed"), refused.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> new TextChunks(3, new int[15], OptionalInt.empty()));
  }
}
