package org.jgml.models.architecture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jgml.models.ContextFullException;
import org.jgml.models.Embedding;
import org.jgml.models.Model;
import org.jgml.models.ModelOptions;
import org.jgml.models.Pooling;
import org.jgml.models.SessionOptions;
import org.jgml.models.TextEncoder;
import org.jgml.models.gguf.GgufException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Encoders against equations in double precision, on random weights.
final class EncoderTest {
  private static final double ALLOWED = 1e-9;

  @TempDir Path folder;

  static Stream<Arguments> encoders() {
    return Stream.of(
        Arguments.of("bert", ExactBerts.bert()),
        Arguments.of("nomic-bert", ExactBerts.nomic()),
        Arguments.of("jina-bert-v2", ExactBerts.jina(true)),
        Arguments.of("jina-bert-v2 with more norms", ExactBerts.jina(false)),
        Arguments.of("nomic-bert-moe", ExactBerts.nomicMoe()),
        Arguments.of("jina-bert-v3", ExactBerts.jina3()),
        Arguments.of("eurobert", ExactLlamaEncoder.euroBert()),
        Arguments.of("neo-bert", ExactLlamaEncoder.neoBert()),
        Arguments.of("llama-embed", ExactLlamaEncoder.llama()),
        Arguments.of("modern-bert", new ExactModernBert(false)),
        Arguments.of("modern-bert with a SwiGLU", new ExactModernBert(true)),
        Arguments.of("gemma-embedding", ExactGemmas.embedding()));
  }

  private Model open(ExactEncoder exact) throws IOException {
    Path path = folder.resolve("model.gguf");
    exact.write(path);
    return Model.open(path, ModelOptions.defaults());
  }

  private static int[] tokens(int length) {
    return new SplittableRandom(12).ints(length, 0, ExactTransformer.VOCABULARY).toArray();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("encoders")
  void hiddenStatesAreThoseOfThePaper(String name, ExactEncoder exact) throws IOException {
    try (Model model = open(exact);
        TextEncoder encoder = new TextEncoder(model)) {
      for (int length : new int[] {40, 1, 7}) {
        int[] tokens = tokens(length);
        double[][] expected = exact.states(tokens);
        int[] everywhere = IntStream.range(0, length).toArray();
        float[][] actual = encoder.hiddenStates(tokens, everywhere);
        double error = ArchitectureTest.error(actual, expected);
        assertTrue(error <= ALLOWED, () -> "%s, %d tokens: NMSE %g".formatted(name, length, error));
        float[] last = encoder.hiddenStates(tokens, new int[] {length - 1})[0];
        assertArrayEquals(actual[length - 1], last, 1e-6f);
      }
    }
  }

  @Test
  void vectorsAreMeansOfStates() throws IOException {
    ExactBert exact = ExactBerts.bert();
    int[] tokens = tokens(9);
    double[][] states = exact.states(tokens);
    try (Model model = open(exact);
        TextEncoder encoder = new TextEncoder(model)) {
      float[] mean = Embedding.of(encoder, tokens, Pooling.MEAN);
      float[] first = Embedding.of(encoder, tokens, Pooling.CLS);
      for (int i = 0; i < mean.length; i++) {
        int element = i;
        assertEquals(
            Stream.of(states).mapToDouble(s -> s[element]).average().orElseThrow(), mean[i], 1e-5);
        assertEquals(states[0][i], first[i], 1e-5);
      }
    }
  }

  @Test
  void aTextIsReadBetweenItsMarks() throws IOException {
    ExactBert exact = ExactBerts.nomic();
    exact.file.words(ExactTransformer.VOCABULARY, "hello", "world");
    try (Model model = open(exact);
        TextEncoder encoder = new TextEncoder(model)) {
      int[] tokens = model.tokenizer().encode("Hello  world", true, true);
      assertArrayEquals(new int[] {2, 4, 5, 3}, tokens);
      double[] expected = exact.states(tokens)[3];
      float[] last = Embedding.of(encoder, tokens, Pooling.LAST);
      for (int i = 0; i < last.length; i++) {
        assertEquals(expected[i], last[i], 1e-5);
      }
    }
  }

  @Test
  void theFileSaysHowStatesArePooled() throws IOException {
    ExactBert exact = ExactBerts.nomic();
    exact.file.number("pooling_type", 2);
    try (Model model = open(exact)) {
      assertEquals(Optional.of(Pooling.CLS), model.pooling());
    }
    exact.file.number("pooling_type", 4);
    try (Model model = open(exact)) {
      GgufException e = assertThrows(GgufException.class, model::pooling);
      assertTrue(e.getMessage().contains("pooling_type"), e.getMessage());
    }
  }

  @Test
  void anEncoderContinuesNothingAndADecoderEncodesNothing() throws IOException {
    try (Model model = open(ExactBerts.bert())) {
      assertTrue(model.encodes());
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> model.newSession(SessionOptions.defaults()));
      assertTrue(e.getMessage().contains("jgml embed"), e.getMessage());
    }
    Path path = folder.resolve("decoder.gguf");
    ExactArchitectures.glm4().write(path);
    try (Model model = Model.open(path, ModelOptions.defaults())) {
      assertFalse(model.encodes());
      assertThrows(IllegalArgumentException.class, () -> new TextEncoder(model));
    }
  }

  @Test
  void closingTwiceCountsOnce() throws IOException {
    Model model = open(ExactBerts.bert());
    TextEncoder closed = new TextEncoder(model);
    TextEncoder open = new TextEncoder(model);
    closed.close();
    closed.close();
    assertThrows(IllegalStateException.class, model::close);
    open.close();
    model.close();
  }

  @Test
  void aTextBeyondTheTrainedLengthIsRefused() throws IOException {
    try (Model model = open(ExactBerts.bert());
        TextEncoder encoder = new TextEncoder(model)) {
      int[] tokens = tokens(129);
      assertThrows(ContextFullException.class, () -> encoder.hiddenStates(tokens, new int[] {128}));
      assertThrows(
          IllegalArgumentException.class,
          () -> encoder.hiddenStates(new int[] {ExactTransformer.VOCABULARY}, new int[] {0}));
    }
  }
}
