package org.jgml.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jgml.core.runtime.ObservedNode;
import org.jgml.core.runtime.Observer;
import org.jgml.core.tensor.DataType;
import org.jgml.models.sampling.Sampler;
import org.jgml.models.sampling.SamplingOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Generation of text with the bundled model.
final class GenerationTest {
  private static final String FACT = " ko ki di ka nu#Ba=48213; no ga ba bu ge ra li du ke.";
  private static final String QUESTION = "#Ba=";
  private static final GenerationOptions GREEDY =
      GenerationOptions.defaults().withSampling(SamplingOptions.greedy());

  private static Model model;

  @BeforeAll
  static void open() throws IOException {
    model = Model.open(BundledModel.file(), ModelOptions.defaults());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static ModelSession session(int contextLength) {
    return model.newSession(SessionOptions.defaults().withContextLength(contextLength));
  }

  @Test
  void findsAFactInItsContext() {
    List<String> pieces = new ArrayList<>();
    try (ModelSession session = session(256)) {
      Generation generation =
          session.generate(FACT + QUESTION, GREEDY.withMaxTokens(5), pieces::add);
      assertEquals("48213", generation.text());
      assertEquals(List.of("4", "8", "2", "1", "3"), pieces);
      assertEquals(StopReason.TOKEN_LIMIT, generation.stopReason());
      assertEquals(5, generation.generatedTokens());
      assertEquals(generation.promptTokens() + 4, session.length());
      assertTrue(generation.promptTokensPerSecond() > 0);
      assertEquals(4, generation.generationSteps());
      assertTrue(generation.stepsPerSecond() > 0);
    }
  }

  @Test
  void positionsThatNoResultCanBeGivenForAreRefused() {
    try (ModelSession session = session(256)) {
      for (int[] wanted : List.of(new int[] {1, 0}, new int[] {2}, new int[] {-1})) {
        assertThrows(
            IllegalArgumentException.class, () -> session.evaluate(new int[] {1, 5}, wanted));
      }
      assertEquals(0, session.length());
    }
  }

  @Test
  void theFirstTokenIsPartOfThePromptAndNoStep() {
    try (ModelSession session = session(256)) {
      Generation generation = session.generate(FACT + QUESTION, GREEDY.withMaxTokens(1), _ -> {});
      assertEquals(1, generation.generatedTokens());
      assertEquals(0, generation.generationSteps());
      assertEquals(0, generation.stepsPerSecond());
    }
  }

  @Test
  void anObserverSeesRunsUntilNothingIsObserved() {
    AtomicInteger seen = new AtomicInteger();
    try (ModelSession session = session(256)) {
      int[] tokens = {1, 5, 9};
      float[] alone = session.evaluate(tokens);
      session.observe(
          new Observer() {
            @Override
            public void after(ObservedNode node, long nanos) {
              seen.incrementAndGet();
            }
          });
      session.rewind(0);
      assertArrayEquals(alone, session.evaluate(tokens));
      int once = seen.get();
      assertTrue(once > 0);
      session.observeNothing();
      session.rewind(0);
      assertArrayEquals(alone, session.evaluate(tokens));
      assertEquals(once, seen.get());
    }
  }

  @Test
  void continuesWhatTheSessionHoldsAlready() {
    try (ModelSession session = session(256)) {
      Generation first = session.generate(FACT, GREEDY.withMaxTokens(0), _ -> {});
      Generation second = session.generate(QUESTION, GREEDY.withMaxTokens(5), _ -> {});
      assertEquals("", first.text());
      assertEquals(3, second.promptTokens());
      assertEquals("48213", second.text());
    }
  }

  @Test
  void equalSeedsGiveEqualTexts() {
    GenerationOptions options =
        GenerationOptions.defaults()
            .withMaxTokens(20)
            .withSampling(SamplingOptions.defaults().withSeed(7));
    assertEquals(text(options), text(options));
  }

  private static String text(GenerationOptions options) {
    try (ModelSession session = session(64)) {
      return session.generate(" ko ki", options, _ -> {}).text();
    }
  }

  @Test
  void textsAreThoseThatAllLogitsWouldGive() {
    for (SamplingOptions sampling :
        List.of(
            SamplingOptions.greedy(),
            SamplingOptions.defaults().withSeed(11).withTemperature(2),
            new SamplingOptions(1, 0, 1, 0, 1, 0, 3),
            new SamplingOptions(1.5f, 40, 1, 0, 1.5f, 64, 3))) {
      checkTokens(Sampler.of(sampling), Sampler.of(sampling));
    }
  }

  private static void checkTokens(Sampler sampler, Sampler ofAllLogits) {
    try (ModelSession session = session(64);
        ModelSession other = session(64)) {
      int[] unread = model.tokenizer().encode(" ko ki di", true, true);
      for (int i = 0; i < 30; i++) {
        int token = session.next(sampler, unread);
        assertEquals(ofAllLogits.sample(other.evaluate(unread)), token);
        unread = new int[] {token};
      }
    }
  }

  @Test
  void anObserverSeesTheLogitsOfChosenTokens() {
    List<String> seen = new ArrayList<>();
    try (ModelSession session = session(64)) {
      session.observe(
          new Observer() {
            @Override
            public void after(ObservedNode node, long nanos) {
              seen.add(node.step().node().name());
            }
          });
      session.next(Sampler.of(SamplingOptions.greedy()), 1, 2);
      assertEquals(List.of("logits", "likeliest"), seen.subList(seen.size() - 2, seen.size()));
      session.next(Sampler.of(SamplingOptions.defaults()), 3);
      assertEquals(
          List.of("logits", "best.ids", "best.get_rows", "best.cast", "best"),
          seen.subList(seen.size() - 5, seen.size()));
    }
  }

  @Test
  void stopsWhenTheContextIsFull() {
    try (ModelSession session = session(16)) {
      Generation generation = session.generate(" ko ki di", GREEDY, _ -> {});
      assertEquals(StopReason.CONTEXT_FULL, generation.stopReason());
      assertEquals(16, session.length());
      // The last token needs no room: nothing follows it.
      assertEquals(17, generation.promptTokens() + generation.generatedTokens());
    }
  }

  @Test
  void refusesAPromptThatDoesNotFit() {
    try (ModelSession session = session(4)) {
      ContextFullException refused =
          assertThrows(ContextFullException.class, () -> session.generate(FACT, GREEDY, _ -> {}));
      assertTrue(refused.getMessage().contains("in a context of 4"), refused.getMessage());
      assertEquals(0, session.length());
    }
  }

  @Test
  void anotherThreadCancels() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    try (ModelSession session = session(4096)) {
      Thread other =
          Thread.ofVirtual()
              .start(() -> {
                await(started);
                session.cancel();
              });
      Generation generation = session.generate(" ko ki di", GREEDY, _ -> started.countDown());
      other.join();
      assertEquals(StopReason.CANCELLED, generation.stopReason());
      assertTrue(generation.generatedTokens() >= 1);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aCancelledSessionCanGoOn() {
    try (ModelSession session = session(256)) {
      session.cancel();
      Generation cancelled = session.generate(FACT, GREEDY, _ -> {});
      Generation next = session.generate(FACT + QUESTION, GREEDY.withMaxTokens(5), _ -> {});
      assertEquals(StopReason.CANCELLED, cancelled.stopReason());
      assertEquals(0, cancelled.generatedTokens());
      assertEquals("48213", next.text());
    }
  }

  @Test
  void aBatchEndsWhileItRuns() throws InterruptedException {
    int[] text = model.tokenizer().encode(FACT.repeat(60), true, false);
    SessionOptions options =
        new SessionOptions(2 * text.length, DataType.F16, DataType.F16, text.length);
    try (ModelSession session = model.newSession(options)) {
      Thread other = Thread.ofPlatform().start(() -> cancelReading(session));
      assertThrows(CancellationException.class, () -> session.evaluate(text));
      other.join();
      assertEquals(0, session.length());
      Generation next = session.generate(FACT + QUESTION, GREEDY.withMaxTokens(5), _ -> {});
      assertEquals("48213", next.text());
    }
  }

  private static void cancelReading(ModelSession session) {
    while (session.unread() == 0) {
      Thread.onSpinWait();
    }
    session.cancel();
  }

  @Test
  void threadsShareAModel() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    List<String> texts = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 3; i++) {
      threads.add(Thread.ofPlatform().start(() -> texts.add(answer())));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of("48213", "48213", "48213"), texts);
  }

  private static String answer() {
    try (ModelSession session = session(256)) {
      return session.generate(FACT + QUESTION, GREEDY.withMaxTokens(5), _ -> {}).text();
    }
  }

  @Test
  void theModelMayEndTheText() throws IOException {
    // Its weights are random; some seed soon draws a token that ends the text.
    try (Model random =
        Model.open(Fixtures.resource("goldens/qwen3-Q5_K.gguf"), ModelOptions.defaults())) {
      StopReason reason = StopReason.CONTEXT_FULL;
      for (int seed = 0; seed < 40 && reason != StopReason.END_OF_GENERATION; seed++) {
        reason = stopReason(random, seed);
      }
      assertEquals(StopReason.END_OF_GENERATION, reason);
    }
  }

  private static StopReason stopReason(Model random, int seed) {
    SamplingOptions wild = new SamplingOptions(5, 0, 1, 0, 1, 0, seed);
    try (ModelSession session =
        random.newSession(SessionOptions.defaults().withContextLength(64))) {
      return session
          .generate("a", GenerationOptions.defaults().withSampling(wild), _ -> {})
          .stopReason();
    }
  }
}
