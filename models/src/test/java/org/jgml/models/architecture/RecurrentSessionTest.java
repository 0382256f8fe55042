package org.jgml.models.architecture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jgml.core.runtime.ObservedNode;
import org.jgml.core.runtime.Observer;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.CacheKind;
import org.jgml.kvcache.InfLlmParameters;
import org.jgml.kvcache.WindowKvCache.SinkPositions;
import org.jgml.models.Model;
import org.jgml.models.ModelOptions;
import org.jgml.models.ModelSession;
import org.jgml.models.SessionOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a session of a model with recurrent layers remembers, forgets and refuses to forget.
final class RecurrentSessionTest {
  private static final int[] TEXT =
      new SplittableRandom(17).ints(90, 0, ExactTransformer.VOCABULARY).toArray();
  private static final CacheKind WINDOW = new CacheKind.Window(4, 16, SinkPositions.LM_INFINITE);
  private static final CacheKind INFLLM =
      new CacheKind.InfLlm(InfLlmParameters.published().withWindow(4, 16, 8).withBlocks(8, 2));

  @TempDir Path folder;
  private Model model;

  static Stream<ExactTransformer> models() {
    return Stream.of(
        ExactLfm2.dense(),
        ExactQwenHybrid.of("qwen35"),
        new ExactGraniteHybrid(),
        new ExactFalconH1(),
        ExactNemotronH.mixture(),
        ExactMamba.jamba(),
        new ExactKimi());
  }

  private Model open(ExactTransformer exact) throws IOException {
    Path path = folder.resolve("model.gguf");
    exact.write(path);
    model = Model.open(path, ModelOptions.defaults().withThreads(1));
    return model;
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void aModelThatNeverAttendsSavesItsStatesAndRefusesCachesThatChoose() throws IOException {
    ExactTransformer exact = ExactMamba.mamba();
    open(exact);
    Path path = folder.resolve("states");
    float[] expected;
    try (ModelSession session = newSession()) {
      session.evaluate(text(0, 40));
      session.save(path);
      expected = session.evaluate(text(40, 50));
    }
    try (ModelSession session = model.restoreSession(path, options(new CacheKind.Full()))) {
      assertArrayEquals(expected, session.evaluate(text(40, 50)));
    }
    for (CacheKind kind : new CacheKind[] {WINDOW, INFLLM}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> model.newSession(options(kind)))
              .getMessage();
      assertTrue(message.startsWith("no layer of this model attends"), message);
    }
  }

  private static SessionOptions options(CacheKind kind) {
    return new SessionOptions(128, DataType.F32, DataType.F32, 8).withCache(kind);
  }

  private ModelSession newSession() {
    return model.newSession(options(new CacheKind.Full()));
  }

  private static int[] text(int from, int to) {
    return Arrays.copyOfRange(TEXT, from, to);
  }

  @ParameterizedTest
  @MethodSource("models")
  void infLlmOfAWindowThatHoldsAllGivesTheExactLogits(ExactTransformer exact) throws IOException {
    double[][] expected = exact.logits(TEXT);
    CacheKind kind = new CacheKind.InfLlm(InfLlmParameters.published());
    int[] everywhere = IntStream.range(0, TEXT.length).toArray();
    try (ModelSession session = open(exact).newSession(options(kind))) {
      double error = ArchitectureTest.error(session.evaluate(TEXT, everywhere), expected);
      assertTrue(error <= 1e-9, () -> "NMSE " + error);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void aSavedSessionGoesOnAsIfItHadNeverStopped(ExactTransformer exact) throws IOException {
    open(exact);
    for (CacheKind kind : new CacheKind[] {new CacheKind.Full(), WINDOW, INFLLM}) {
      Path path = folder.resolve(kind.getClass().getSimpleName());
      float[] expected;
      try (ModelSession session = model.newSession(options(kind))) {
        session.evaluate(text(0, 61));
        session.evaluate(TEXT[61]);
        session.save(path);
        expected = session.evaluate(text(62, 70));
      }
      try (ModelSession session = model.restoreSession(path, options(kind))) {
        assertArrayEquals(expected, session.evaluate(text(62, 70)), kind.toString());
      }
      try (ModelSession session = model.restoreSession(path, options(kind))) {
        // Where the last text ended that was read in one piece is saved, too.
        assertEquals(61, session.rewindPoint(61), kind.toString());
        session.rewind(61);
        session.evaluate(TEXT[61]);
        assertArrayEquals(expected, session.evaluate(text(62, 70)), kind.toString());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void itReturnsToTheEndOfAPromptAndToTheBeginning(ExactTransformer exact) throws IOException {
    open(exact);
    try (ModelSession session = newSession()) {
      float[] first = session.evaluate(text(0, 20));
      float[] expected = session.evaluate(TEXT[20]);
      for (int i = 21; i < 30; i++) {
        session.evaluate(TEXT[i]);
      }
      assertEquals(20, session.rewindPoint(25));
      session.rewind(20);
      assertArrayEquals(expected, session.evaluate(TEXT[20]));
      // The end of the prompt before is there as well, and no other.
      session.evaluate(text(21, 30));
      assertEquals(30, session.rewindPoint(30));
      assertEquals(20, session.rewindPoint(29));
      session.evaluate(text(30, 40));
      assertEquals(0, session.rewindPoint(29));
      session.rewind(0);
      assertArrayEquals(first, session.evaluate(text(0, 20)));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void itRefusesToReturnAnywhereElse(ExactTransformer exact) throws IOException {
    open(exact);
    try (ModelSession session = newSession()) {
      session.evaluate(text(0, 20));
      session.evaluate(TEXT[20]);
      assertEquals(21, session.rewindPoint(21));
      session.rewind(21);
      String message =
          assertThrows(IllegalArgumentException.class, () -> session.rewind(19)).getMessage();
      assertEquals(
          "cannot rewind from 21 to 19 tokens: recurrent layers of this model remember all tokens"
              + " together. Fix: rewind to 0, and read from there",
          message);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void aBatchThatFailedHalfWayIsNotBuiltUpon(ExactTransformer exact) throws IOException {
    open(exact);
    try (ModelSession session = newSession()) {
      session.evaluate(text(0, 20));
      session.observe(new FailingObserver());
      assertThrows(IllegalStateException.class, () -> session.evaluate(TEXT[20]));
      session.observeNothing();
      String message =
          assertThrows(IllegalStateException.class, () -> session.evaluate(TEXT[20])).getMessage();
      assertTrue(message.endsWith("Fix: rewind to 20 tokens, and read from there"), message);
      session.rewind(20);
      float[] found = session.evaluate(TEXT[20]);
      session.rewind(0);
      session.evaluate(text(0, 20));
      assertArrayEquals(session.evaluate(TEXT[20]), found);
    }
  }

  /// Fails in the third layer.
  private static final class FailingObserver implements Observer {
    @Override
    public void before(ObservedNode node) {
      if (node.step().node().name().startsWith("blk.2.")) {
        throw new IllegalStateException("planted");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void randomTokensMayComeBeforeTextsThatAreReadAgain(ExactTransformer exact) throws IOException {
    open(exact);
    try (ModelSession session = newSession()) {
      session.injectTokens(40);
      float[] expected = session.evaluate(text(0, 10));
      for (int i = 0; i < 3; i++) {
        session.rewind(40);
        assertArrayEquals(expected, session.evaluate(text(0, 10)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void theMemoryOfStatesCounts(ExactTransformer exact) throws IOException {
    SessionOptions options = options(new CacheKind.Full());
    long bytes = open(exact).memoryNeed(options, 1).recurrentBytes();
    assertTrue(bytes > 0);
    try (ModelSession session = model.newSession(options)) {
      long cacheBytes = model.memoryNeed(options, 1).cacheBytes();
      assertEquals(cacheBytes + bytes, session.cacheReport().deviceBytes());
    }
  }
}
