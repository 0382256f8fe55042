package org.jgml.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.tensor.DataType;
import org.jgml.cuda.Emulation;
import org.jgml.kvcache.BlockScorer;
import org.jgml.kvcache.BlockSelection;
import org.jgml.kvcache.CacheKind;
import org.jgml.kvcache.InfLlmParameters;
import org.jgml.kvcache.tier.PoolCounters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// InfLLM on an emulated CUDA device: a token is one graph, in which blocks are selected, looked up
/// by the host, and loaded where they are missing.
final class CudaInfLlmTest {
  private static final int SEED = 5;
  private static final int PROMPT = 136;
  private static final int TOKENS = 20;
  private static final String PRODUCTS = "jgml.cuda.products";

  @BeforeAll
  static void load() {
    System.setProperty(PRODUCTS, "exact");
    Emulation.load();
  }

  @AfterAll
  static void forget() {
    System.clearProperty(PRODUCTS);
  }

  private static SessionOptions options() {
    InfLlmParameters parameters =
        InfLlmParameters.published()
            .withSelection(BlockSelection.of(2, new BlockScorer.Representatives(4)))
            .withWindow(8, 32, 32)
            .withBlocks(16, 3);
    return SessionOptions.defaults()
        .withCacheType(DataType.F32)
        .withCache(new CacheKind.InfLlm(parameters));
  }

  /// The logits after each token of a random text, and what the pools did.
  private record Reading(List<float[]> logits, PoolCounters pools) {
    static Reading on(String device) throws IOException {
      ModelOptions on = new ModelOptions(DeviceOptions.defaults().withThreads(1), List.of(device));
      Random random = new Random(SEED);
      List<float[]> logits = new ArrayList<>();
      try (Model model = Model.open(Fixtures.resource("infllm/passkey-tiny-f32.gguf"), on);
          ModelSession session = model.newSession(options())) {
        int[] prompt = random.ints(PROMPT, 3, 50).toArray();
        logits.add(session.evaluate(prompt).clone());
        for (int i = 0; i < TOKENS; i++) {
          logits.add(session.evaluate(random.nextInt(3, 50)).clone());
        }
        return new Reading(logits, session.cacheReport().pool());
      }
    }
  }

  @Test
  void everyTokenHasTheLogitsOfTheCpu() throws IOException {
    Reading cpu = Reading.on("cpu");
    Reading cuda = Reading.on("cuda:0");
    for (int i = 0; i < cpu.logits().size(); i++) {
      int token = i;
      assertArrayEquals(
          cpu.logits().get(i),
          cuda.logits().get(i),
          2e-4f,
          () -> "seed %d, token %d".formatted(SEED, token));
    }
    assertTrue(cuda.pools().misses() > 10 && cuda.pools().hits() > 10, cuda.pools()::toString);
    assertEquals(cpu.pools().misses(), cuda.pools().misses(), "the same blocks are looked at");
  }
}
