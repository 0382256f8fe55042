package org.jgml.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.cuda.Emulation;
import org.jgml.kvcache.BlockScorer;
import org.jgml.kvcache.BlockSelection;
import org.jgml.kvcache.CacheKind;
import org.jgml.kvcache.InfLlmParameters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a generated token asks of the CUDA driver: an emulated one, whose kernels do nothing.
final class CudaTokenTest {
  private static final int TOKENS = 8;

  private static Model model;

  @BeforeAll
  static void open() throws IOException {
    Emulation.load();
    Emulation.setIdle(true);
    model = open("infllm/passkey-tiny-f32.gguf");
  }

  private static Model open(String file) throws IOException {
    return Model.open(
        Fixtures.resource(file),
        new ModelOptions(DeviceOptions.defaults().withThreads(1), List.of("cuda:0")));
  }

  @AfterAll
  static void close() {
    if (model != null) {
      model.close();
      Emulation.setIdle(false);
    }
  }

  private static long calls(String... functions) {
    return Stream.of(functions).mapToLong(Emulation::calls).sum();
  }

  /// What a driver was asked for.
  private record Calls(long waits, long graphs, long launches, long copies) {
    static Calls now() {
      return new Calls(
          calls("cuStreamSynchronize", "cuEventSynchronize", "cuCtxSynchronize"),
          calls("cuGraphLaunch"),
          calls("cuLaunchKernel"),
          calls("cuMemcpyHtoDAsync_v2", "cuMemcpyDtoHAsync_v2", "cuMemcpyDtoDAsync_v2"));
    }

    Calls since(Calls before) {
      return new Calls(
          waits - before.waits,
          graphs - before.graphs,
          launches - before.launches,
          copies - before.copies);
    }
  }

  /// One launch writes the inputs, one graph is the token, one copy brings the logits.
  private static final Calls OF_TOKENS = new Calls(TOKENS, TOKENS, TOKENS, TOKENS);

  /// Reads a prompt and generates tokens, with none of the first ones counted.
  private static Calls counted(SessionOptions options, int prompt) {
    try (ModelSession session = model.newSession(options)) {
      session.evaluate(IntStream.range(0, prompt).map(i -> i % 50).toArray());
      for (int i = 0; i < 3; i++) {
        session.evaluate(1);
      }
      long lookups = session.cacheReport().pool().hits();
      Calls before = Calls.now();
      for (int i = 0; i < TOKENS; i++) {
        session.evaluate(2);
      }
      boolean looksUp = session.cacheReport().pool().hits() > lookups;
      assertEquals(
          options.cacheKind() instanceof CacheKind.InfLlm, looksUp, "whether blocks are looked up");
      return Calls.now().since(before);
    }
  }

  @Test
  void aTokenWithTheFullCacheIsOneGraphAndOneWait() {
    assertEquals(OF_TOKENS, counted(SessionOptions.defaults(), 40));
  }

  /// Those of the layers begin early, and the norm and the product behind them.
  @Test
  void aLayerOfATokenIsNineLaunches() throws IOException {
    try (Model halves = open("goldens/rope-yarn-F16.gguf");
        ModelSession session = halves.newSession(SessionOptions.defaults())) {
      session.evaluate(IntStream.range(0, 40).toArray());
      long before = calls("cuLaunchKernelEx");
      session.evaluate(1);
      assertEquals(9 * halves.layers().size() + 2, calls("cuLaunchKernelEx") - before);
    }
  }

  /// Blocks are selected anew for each token, in each layer, and looked up by the host.
  @Test
  void soIsATokenWithInfLlmAndItsLookups() {
    InfLlmParameters parameters =
        InfLlmParameters.published()
            .withSelection(BlockSelection.of(2, new BlockScorer.Representatives(4)))
            .withWindow(8, 128, 128)
            .withBlocks(128, 2);
    SessionOptions options = SessionOptions.defaults().withCache(new CacheKind.InfLlm(parameters));
    // Three blocks are there, and none becomes due, whose keys would be read back between tokens.
    assertEquals(OF_TOKENS, counted(options, 8 + 3 * 128 + 128));
  }
}
